"""The member's page in a real browser: an invitation's link, from the address to the card."""

import pytest
from playwright.sync_api import Page, expect

from hub_server.pages.member.words import TEXTS
from hub_server.settings import Settings
from shared.problems import Code, Language, catalogue
from tests.builders.hub_rows import CardRows
from tests.hub.bindings.sharers import Sharers
from tests.hub.pages.conftest import OpenPage, press, register
from tests.hub.pages.sharing_on_the_page import LANGUAGES, OUTSIDE_THE_TAB, PageOfSharers, on_card

# What the script does with an answer does not depend on the hub's database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _is_asked(page: Page, language: Language = "zh_TW") -> None:
    expect(page.locator("#question-title")).to_have_text(TEXTS["join_title"].of(language))


def _outcome(page: Page, language: Language, key: str, text: str) -> None:
    expect(page.locator("#outcome-title")).to_have_text(TEXTS[key].of(language))
    expect(page.locator("#outcome-text")).to_have_text(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_member_comes_by_a_link_and_joins_after_registering(
    open_page: OpenPage, settings: Settings, sharers: Sharers, card: CardRows, language: Language
) -> None:
    invitation = sharers.invitation(card, "admin")
    page = open_page(language, fragment=f"invitation={invitation}")
    assert page.url.endswith(f"/m/?lang={language}")
    assert invitation not in page.evaluate(OUTSIDE_THE_TAB)
    expect(page.locator("#invited")).to_have_text(TEXTS["invited"].of(language))
    register(page, settings, until="#question")
    _is_asked(page, language)
    assert len(sharers.bound(card)) == 1
    press(page, "#question-yes", "#outcome")
    role = TEXTS["role_admin"].of(language)
    said = TEXTS["joined_text"].of(language).replace("{card}", card.card_no).replace("{role}", role)
    _outcome(page, language, "joined_title", said)
    assert invitation not in page.evaluate("JSON.stringify(Object.entries(sessionStorage))")
    assert {bound_role for _, bound_role in sharers.bound(card)} == {"owner", "admin"}
    press(page, "#outcome-cards", "#cards")
    expect(page.locator(f"{on_card(card)} .card-role")).to_have_text(role)
    page.reload()
    page.wait_for_selector("#cards:not([hidden])")


def test_the_address_with_the_invitation_is_no_place_to_go_back_to(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, address: str
) -> None:
    invitation = sharers.invitation(card)
    page = pages.of(sharers.stranger(), fragment=f"invitation={invitation}")
    _is_asked(page)
    page.goto(f"{address}/m/?lang=en")
    _is_asked(page, "en")  # the tab remembers, so that the language can be changed
    page.go_back()
    assert invitation not in page.url


def test_who_says_no_leaves_the_invitation_unused(
    pages: PageOfSharers, sharers: Sharers, card: CardRows
) -> None:
    invitation, stranger = sharers.invitation(card), sharers.stranger()
    page = pages.of(stranger, fragment=f"invitation={invitation}")
    press(page, "#question-no", "#cards")
    page.reload()
    page.wait_for_selector("#cards:not([hidden])")
    assert len(sharers.bound(card)) == 1
    assert sharers.take_up(stranger, invitation).status_code == 201


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_that_is_no_good_is_refused_in_the_catalogues_words(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, language: Language
) -> None:
    invitation = sharers.invitation(card)
    sharers.take_up(sharers.stranger(), invitation)
    page = pages.of(sharers.stranger(), language, fragment=f"invitation={invitation}")
    press(page, "#question-yes", "#outcome")
    _outcome(page, language, "not_joined", catalogue()[Code.INVITATION_INVALID].titles[language])
    page.reload()
    page.wait_for_selector("#cards:not([hidden])")


def test_a_link_opened_where_the_page_is_open_asks_too_and_says_what_one_has(
    pages: PageOfSharers, sharers: Sharers, card: CardRows
) -> None:
    page = pages.of(card.member_id)
    page.evaluate("mark => { location.hash = mark }", f"invitation={sharers.invitation(card, 'viewer')}")
    _is_asked(page)
    assert "invitation" not in page.url
    press(page, "#question-yes", "#outcome")
    role = TEXTS["role_owner"].zh_TW
    said = TEXTS["had_text"].zh_TW.replace("{card}", card.card_no).replace("{role}", role)
    _outcome(page, "zh_TW", "had_title", said)


def test_without_a_line_the_question_stays_and_is_answered_later(
    pages: PageOfSharers, sharers: Sharers, card: CardRows
) -> None:
    page = pages.of(sharers.stranger(), fragment=f"invitation={sharers.invitation(card)}")
    page.context.set_offline(True)
    press(page, "#question-yes", "#offline")
    _is_asked(page)
    expect(page.locator("#question-yes")).to_be_enabled()
    expect(page.locator("#question-yes")).to_be_focused()
    page.context.set_offline(False)
    press(page, "#question-yes", "#outcome")
    assert {role for _, role in sharers.bound(card)} == {"owner", "member"}


def test_signing_out_forgets_the_invitation(pages: PageOfSharers, sharers: Sharers, card: CardRows) -> None:
    page = pages.of(sharers.stranger(), fragment=f"invitation={sharers.invitation(card)}")
    press(page, "#sign-out", "#phone")
    expect(page.locator("#invited")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0
