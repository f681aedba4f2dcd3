"""A member signs in on the page, shows a code, a terminal charges it, and the page says what was paid."""

import pytest
from playwright.sync_api import expect

from hub_server.audit import SYSTEM
from hub_server.bootstrap import Hub
from hub_server.demo_data import make_demo_data
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.merchants import NewStore, create_merchant, create_store
from hub_server.pages.member.words import TEXTS
from hub_server.settings import Settings
from shared.payment_code import read_payment_code
from shared.problems import Language
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows, ShopRows
from tests.fakes.clock import ManualClock
from tests.hub.pages.conftest import OpenPage, kept, press, show_code, sign_in

SILVER = 2  # which of the demo's members pays 95 折
LANGUAGES: tuple[Language, ...] = ("zh_TW", "en")


def _another_shop(context: Context) -> ShopRows:
    at = context.clock.now()

    def make(connection: Connection) -> ShopRows:
        merchant = create_merchant(connection, context, name="永和豆漿", at=at, actor=SYSTEM)
        new = NewStore(merchant_id=merchant.id, name="中正店", address="臺北市中正區")
        store = create_store(connection, context, new, at=at, actor=SYSTEM)
        return ShopRows(merchant_id=merchant.id, store_id=store.id, account_id=merchant.account_id)

    return context.database.run(make)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_what_its_code_paid_and_forgets_the_code(
    open_page: OpenPage, settings: Settings, hub: Hub, clock: ManualClock, language: Language
) -> None:
    member = make_demo_data(hub.context, hub.keys)["members"][SILVER]
    counter = Counter(hub.context, hub.keys, HubRows(hub.context, hub.keys), _another_shop(hub.context))
    page = open_page(language)
    sign_in(page, settings, member["phone"])
    expect(page.locator(".card-tier").first).to_have_text(TEXTS["tier_1"].of(language))
    expect(page.locator(".card-points:visible")).to_have_count(1)  # a voucher has none
    clock.advance(1_000)  # so that the charge is newer than the demo's own top-ups
    with read_payment_code(show_code(page)["text"], hub.keys.verifiers) as code:
        [outcome] = counter.submit(counter.journal.charge(code, 29_900))
    assert outcome.status == "completed"
    expect(page.locator("#code-end")).to_have_text(f"✓ {TEXTS['paid'].of(language)}\n284.05 TWD")
    assert kept(page) == {}
    press(page, "#back", "#cards")
    expect(page.locator(".card-balance").first).to_have_text("4,715.95 TWD")
    expect(page.locator(".card-points").first).to_have_text("1,530")
    charge = page.locator("#history-list li").first
    expect(charge).to_contain_text(TEXTS["kind_charge"].of(language))
    expect(charge.locator(".amount")).to_have_text("-284.05 TWD")
