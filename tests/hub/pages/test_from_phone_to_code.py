"""The member's page in a real browser: from the phone number to a code that scanners read."""

from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from pyzbar.pyzbar import decode as pyzbar_decode

from hub_server.bootstrap import Hub
from hub_server.pages.member.words import TEXTS
from hub_server.settings import Settings
from shared.payment_code import read_payment_code
from shared.problems import Language
from tests.hub.pages.conftest import OpenPage, register, show_code

LANGUAGES: tuple[Language, ...] = ("zh_TW", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_member_gets_a_code_that_both_decoders_read_in_dark_mode(
    open_page: OpenPage, settings: Settings, hub: Hub, language: Language
) -> None:
    page = open_page(language)
    register(page, settings)
    expect(page.locator("#hello")).to_have_text(TEXTS["hello"].of(language).replace("{name}", "林小美"))
    expect(page.locator(".card-type")).to_have_text(TEXTS["card_standard"].of(language))
    code = show_code(page)
    grey = Image.open(BytesIO(page.screenshot())).convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(np.array(grey))] == [code["text"]]
    assert [found.data.decode("ascii") for found in pyzbar_decode(grey)] == [code["text"]]
    with read_payment_code(code["text"], hub.keys.verifiers) as verified:
        assert verified.claims.code_ref == code["code_ref"]
