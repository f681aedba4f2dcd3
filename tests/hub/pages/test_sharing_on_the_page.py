"""The member's page in a real browser: an owner shares a card."""

from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from hub_server.pages.member.words import TEXTS
from shared.problems import Language
from tests.builders.hub_rows import CardRows
from tests.hub.bindings.sharers import PASSWORD, Sharers
from tests.hub.pages.conftest import press
from tests.hub.pages.sharing_on_the_page import (
    LANGUAGES,
    OUTSIDE_THE_TAB,
    PageOfSharers,
    news,
    on_card,
    person,
)

# What the script does with an answer does not depend on the hub's database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAME = "張志明"


@pytest.fixture
def member_id(pages: PageOfSharers, sharers: Sharers, card: CardRows) -> str:
    """Somebody with a name who is a member on the card."""
    joined = str(sharers.join(card)["member_id"])
    pages.name(joined, NAME)
    return joined


def _invite(page: Page, role: str) -> str:
    press(page, "#invite", "#inviting")
    page.check(f"[name=inviting-role][value={role}]")
    page.click("#inviting-form button")
    page.wait_for_selector("#invitation-qr svg")
    return page.input_value("#invitation-link")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_owner_invites_by_a_qr_or_a_link_that_go_with_the_screen(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, language: Language
) -> None:
    page = pages.sharing(card, language)
    expect(page.locator("#people-list .hint")).to_have_text(TEXTS["nobody_else"].of(language))
    link = _invite(page, "viewer")
    grey = Image.open(BytesIO(page.locator("#invitation-qr").screenshot())).convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(np.array(grey))] == [link]
    role = TEXTS["role_viewer"].of(language)
    said = TEXTS["invitation_role"].of(language).replace("{role}", role)
    expect(page.locator("#invitation-role")).to_have_text(said)
    invitation = link.partition("#invitation=")[2]
    assert invitation not in page.evaluate(OUTSIDE_THE_TAB)
    assert invitation not in page.evaluate("JSON.stringify(Object.entries(sessionStorage))")
    press(page, "#inviting-back", "#sharing")
    assert page.input_value("#invitation-link") == ""
    expect(page.locator("#invitation-qr svg")).to_have_count(0)
    assert sharers.take_up(sharers.stranger(), invitation).json()["role"] == "viewer"


def test_the_link_is_copied(pages: PageOfSharers, card: CardRows) -> None:
    page = pages.sharing(card)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = _invite(page, "member")
    page.click("#copy")
    expect(page.locator("#copy")).to_have_text(TEXTS["copied"].zh_TW)
    assert page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize("language", LANGUAGES)
def test_caps_are_typed_as_decimals_and_taken_away_again(
    pages: PageOfSharers, card: CardRows, member_id: str, language: Language
) -> None:
    page = pages.sharing(card, language)
    row = person(page, NAME)
    expect(row).to_contain_text(TEXTS["no_caps"].of(language))
    row.locator(".caps").click()
    for wrong in ("abc", "-5", "0", "1.234", "1,00", "9999999999999999"):
        page.fill("#cap-charge", wrong)
        press(page, "#caps-form .action", "#problem")
        expect(page.locator("#problem")).to_have_text(TEXTS["amount_wrong"].of(language))
        expect(page.locator("#cap-charge")).to_be_focused()
    assert pages.caps(card, member_id) == {"cap_per_charge": None, "cap_per_day": None}
    page.fill("#cap-charge", "１,250.5")
    page.fill("#cap-day", "3000")
    press(page, "#caps-form .action", "#sharing")
    news(page, TEXTS["caps_saved"].of(language).replace("{name}", NAME))
    expect(row).to_contain_text(TEXTS["cap_charge"].of(language).replace("{amount}", "1,250.50 TWD"))
    assert pages.caps(card, member_id) == {"cap_per_charge": 125_050, "cap_per_day": 300_000}
    row.locator(".caps").click()
    assert (page.input_value("#cap-charge"), page.input_value("#cap-day")) == ("1250.50", "3000.00")
    press(page, "#caps-clear", "#sharing")
    assert pages.caps(card, member_id) == {"cap_per_charge": None, "cap_per_day": None}


def test_a_person_is_removed_only_after_a_question(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, member_id: str
) -> None:
    page = pages.sharing(card)
    person(page, NAME).locator(".remove").click()
    expect(page.locator("#question-title")).to_have_text(TEXTS["remove_title"].zh_TW.replace("{name}", NAME))
    press(page, "#question-no", "#sharing")
    assert len(sharers.bound(card)) == 2
    person(page, NAME).locator(".remove").click()
    press(page, "#question-yes", "#sharing")
    news(page, TEXTS["removed"].zh_TW.replace("{name}", NAME))
    expect(person(page, NAME)).to_have_count(0)
    assert sharers.bound(card) == [(card.member_id, "owner")]


@pytest.mark.parametrize(("answer", "role"), [("confirm", "admin"), ("refuse", "viewer")])
def test_who_waits_is_confirmed_or_refused(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, answer: str, role: str
) -> None:
    stranger = sharers.stranger()
    pages.name(stranger, NAME)
    sharers.bind(stranger, card, "admin")
    page = pages.sharing(card)
    waiting = person(page, NAME, "#request-list")
    expect(waiting).to_contain_text(TEXTS["role_admin"].zh_TW)
    waiting.locator(f".{answer}").click()
    expect(page.locator("#news")).to_contain_text(NAME)
    expect(page.locator("#requests")).to_be_hidden()
    assert (stranger, role) in sharers.bound(card)


def test_the_password_is_set_changed_and_taken_away(
    pages: PageOfSharers, sharers: Sharers, card: CardRows
) -> None:
    page = pages.sharing(card)
    state = page.locator("#password-state")
    expect(state).to_have_text(TEXTS["password_is_none"].zh_TW)
    expect(page.locator("#password-clear")).to_be_hidden()
    page.fill("#password-input", "12345")
    press(page, "#password-save", "#problem")
    expect(page.locator("#problem")).to_have_text(TEXTS["password_wrong"].zh_TW)
    page.fill("#password-input", PASSWORD)
    page.click("#password-save")
    news(page, TEXTS["password_saved"].zh_TW)
    expect(state).to_have_text(TEXTS["password_is_set"].zh_TW)
    assert page.input_value("#password-input") == ""
    assert sharers.bind(sharers.stranger(), card, password=PASSWORD).json()["role"] == "member"
    page.click("#password-clear")
    news(page, TEXTS["password_cleared"].zh_TW)
    assert sharers.bind(sharers.stranger(), card).json()["role"] == "viewer"


def test_only_owners_of_cards_that_can_be_shared_share_them(pages: PageOfSharers, sharers: Sharers) -> None:
    standard = sharers.rows.card()
    prepaid = sharers.rows.card(card_type="prepaid")
    sharers.take_up(standard.member_id, sharers.invitation(prepaid, "admin"))
    page = pages.of(standard.member_id)
    for card in (standard, prepaid):
        expect(page.locator(f"{on_card(card)} .card-balance")).to_be_visible()
        expect(page.locator(f"{on_card(card)} .card-share")).to_be_hidden()
    expect(page.locator(f"{on_card(standard)} .card-leave")).to_be_hidden()


def test_one_of_two_owners_may_leave_and_the_last_is_not_asked_to(
    pages: PageOfSharers, sharers: Sharers, card: CardRows
) -> None:
    page = pages.sharing(card)
    expect(page.locator("#people-list .leave:visible")).to_have_count(0)
    second = sharers.join(card, "owner")["member_id"]
    press(page, "#sharing-back", "#cards")
    press(page, f"{on_card(card)} .card-share", "#sharing")
    press(page, "#people-list .leave:visible", "#question")
    press(page, "#question-yes", "#cards")
    expect(page.locator(on_card(card))).to_have_count(0)
    assert sharers.bound(card, as_member=second) == [(second, "owner")]


def test_a_name_with_markup_is_text_on_every_screen(
    pages: PageOfSharers, card: CardRows, member_id: str
) -> None:
    name = "<img src=x onerror=alert(1)>"
    pages.name(member_id, name)
    page = pages.sharing(card)
    expect(page.locator("#people-list")).to_contain_text(name)
    person(page, name).locator(".remove").click()
    expect(page.locator("#question-title")).to_contain_text(name)
    assert page.locator("main img").count() == 0


def test_while_a_request_runs_it_is_sent_once_and_the_rest_of_the_page_works(
    pages: PageOfSharers, card: CardRows
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = pages.sharing(card)
    press(page, "#invite", "#inviting")
    page.route("**/invitations", hold)
    page.evaluate(
        "() => { const b = document.querySelector('#inviting-form button'); b.click(); b.click(); }"
    )
    expect(page.locator("#inviting-form button")).to_be_disabled()
    page.locator("#inviting-form").evaluate("form => form.requestSubmit()")
    press(page, "#inviting-back", "#sharing")
    assert len(held) == 1
    with page.expect_response("**/invitations"):
        held[0].continue_()
    page.unroute("**/invitations")
    # The answer came too late for its screen, and does not bring it back.
    press(page, "#invite", "#inviting")
    expect(page.locator("#invitation")).to_be_hidden()
    expect(page.locator("#inviting-form button")).to_be_enabled()
