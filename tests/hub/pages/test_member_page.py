"""The member's page in a real browser: what becomes of a code, a session, and what is said of errors."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from hub_server.bootstrap import Hub
from hub_server.members.tables import members
from hub_server.pages.member.words import ERRORS, TEXTS
from hub_server.payment_codes import CodeState, advance_codes
from hub_server.payment_codes.tables import payment_codes
from hub_server.settings import Settings
from shared.problems import Code, Language
from tests.hub.pages.conftest import OpenPage, kept, press, register, show_code

# What the script does with an answer does not depend on the hub's database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PLAINTEXT_PLACES = "JSON.stringify([Object.entries(localStorage), document.cookie, location.href])"


@pytest.fixture
def codes(run: Callable[..., Any]) -> Callable[[], list[Any]]:
    """`codes()`: every payment code that the hub knows."""
    return lambda: run(lambda connection: connection.execute(select(payment_codes)).all())


def _is_gone(page: Page, said: str) -> None:
    expect(page.locator("#code-end")).to_have_text(said)
    expect(page.locator("#qr svg")).to_have_count(0)
    assert kept(page) == {}


def test_the_plaintext_lives_in_the_tabs_session_storage_alone(
    open_page: OpenPage, settings: Settings
) -> None:
    page = open_page()
    register(page, settings)
    code = show_code(page)
    assert code["text"] not in page.evaluate(PLAINTEXT_PLACES)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(found => found.length)") == 0
    assert page.evaluate("caches.keys()") == []


def test_a_reload_shows_the_same_code_and_makes_no_new_one(
    open_page: OpenPage, settings: Settings, codes: Callable[[], list[Any]]
) -> None:
    page = open_page()
    register(page, settings)
    before = show_code(page)
    page.reload()
    page.wait_for_selector("#qr svg")
    assert kept(page)["code_ref"] == before["code_ref"]
    press(page, "#back", "#cards")
    assert show_code(page)["code_ref"] == before["code_ref"]
    assert [row.code_ref for row in codes()] == [before["code_ref"]]


def test_a_revoked_code_is_erased_and_a_new_one_can_be_made(
    open_page: OpenPage, settings: Settings, codes: Callable[[], list[Any]]
) -> None:
    page = open_page()
    register(page, settings)
    first = show_code(page)
    press(page, "#revoke", "#code-over")
    _is_gone(page, TEXTS["code_revoked"].zh_TW)
    page.click("#new-code")
    page.wait_for_selector("#qr svg")
    assert kept(page)["code_ref"] != first["code_ref"]
    assert sorted(row.state for row in codes()) == ["live", "revoked"]


def test_an_expired_code_is_erased_by_the_page_itself(open_page: OpenPage, settings: Settings) -> None:
    page = open_page()
    page.clock.install()
    page.reload()
    page.wait_for_selector("#phone:not([hidden])")
    register(page, settings)
    show_code(page)
    page.clock.fast_forward("14:50")
    expect(page.locator("#qr svg")).to_have_count(1)
    page.clock.fast_forward("00:15")
    _is_gone(page, TEXTS["code_expired"].zh_TW)


@pytest.mark.parametrize("state", [CodeState.CONSUMED, CodeState.REPLACED, CodeState.REVOKED])
def test_a_code_that_ended_elsewhere_is_erased(
    open_page: OpenPage, settings: Settings, hub: Hub, state: CodeState
) -> None:
    page = open_page()
    register(page, settings)
    code = show_code(page)
    at = hub.context.clock.now()
    hub.context.database.run(
        lambda connection: advance_codes(
            connection, [code["code_ref"]], CodeState.LIVE, state, at=at, actor="elsewhere"
        )
    )
    _is_gone(page, TEXTS[f"code_{state.value}"].zh_TW)


@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_what_goes_wrong_is_said_in_plain_words(
    open_page: OpenPage, settings: Settings, language: Language
) -> None:
    page = open_page(language)
    page.fill("#phone-input", "12")
    press(page, "#phone-form button", "#problem")
    expect(page.locator("#problem")).to_have_text(ERRORS[Code.PHONE_INVALID].of(language))
    page.fill("#phone-input", "0912345678")
    press(page, "#phone-form button", "#otp")
    expect(page.locator("#problem")).to_be_hidden()
    for digits in ("12", "000000"):
        page.fill("#otp-input", digits)
        press(page, "#otp-form button", "#problem")
        expect(page.locator("#problem")).to_have_text(ERRORS[Code.OTP_INVALID].of(language))
    press(page, "#other-phone", "#phone")
    press(page, "#phone-form button", "#problem")
    limited = ERRORS[Code.RATE_LIMITED].of(language).replace("{seconds}", str(settings.otp_resend_s))
    expect(page.locator("#problem")).to_have_text(limited)


def test_a_line_that_is_gone_leaves_the_code_on_the_screen_and_says_so(
    open_page: OpenPage, settings: Settings
) -> None:
    page = open_page()
    register(page, settings)
    show_code(page)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#qr svg")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_signing_out_erases_the_code_and_the_session(open_page: OpenPage, settings: Settings) -> None:
    page = open_page()
    register(page, settings)
    show_code(page)
    press(page, "#sign-out", "#phone")
    assert kept(page) == {}
    assert page.context.cookies()[-1]["name"] == "mps-language"
    page.reload()
    page.wait_for_selector("#phone:not([hidden])")


def test_the_session_is_a_cookie_that_no_script_reads_and_no_other_site_sends(
    open_page: OpenPage, settings: Settings
) -> None:
    page = open_page()
    register(page, settings)
    [cookie] = [found for found in page.context.cookies() if found["name"] == "mps-member"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert "mps-member" not in page.evaluate("document.cookie")


def test_a_name_with_markup_is_shown_as_text(
    open_page: OpenPage, settings: Settings, run: Callable[..., Any]
) -> None:
    page = open_page()
    name = "<img src=x onerror=alert(1)>{{7*7}}"
    register(page, settings, name=name)
    expect(page.locator("#hello")).to_contain_text(name)
    assert page.locator("#hello img").count() == 0
    assert run(lambda connection: connection.execute(select(members.c.name)).scalar_one()) == name


@pytest.mark.parametrize("language", ["zh_TW", "en"])
@pytest.mark.parametrize("width", [360, 430])
def test_every_screen_fits_a_phone(
    open_page: OpenPage, settings: Settings, language: Language, width: int
) -> None:
    page = open_page(language, width)
    seen = [page.evaluate("document.documentElement.scrollWidth")]
    register(page, settings, name="林" * 64)
    seen.append(page.evaluate("document.documentElement.scrollWidth"))
    show_code(page)
    seen.append(page.evaluate("document.documentElement.scrollWidth"))
    press(page, "#revoke", "#code-over")
    seen.append(page.evaluate("document.documentElement.scrollWidth"))
    assert seen == [width] * 4


def test_the_switch_changes_the_language_and_is_remembered(open_page: OpenPage, address: str) -> None:
    page = open_page()
    page.click("#other-language")
    expect(page.locator("#phone h1")).to_have_text(TEXTS["phone_title"].en)
    page.goto(f"{address}/m/")
    expect(page.locator("#phone h1")).to_have_text(TEXTS["phone_title"].en)
