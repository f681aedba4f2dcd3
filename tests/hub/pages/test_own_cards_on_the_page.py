"""The member's page in a real browser: coming to a card by its number, leaving one, and a card's points."""

import pytest
from playwright.sync_api import Page, expect

from hub_server.loyalty.tables import point_ledger
from hub_server.pages.member.words import ERRORS, TEXTS
from shared.problems import Code, Language, catalogue
from tests.builders.hub_rows import CardRows
from tests.fakes.clock import ManualClock
from tests.hub.bindings.sharers import PASSWORD, WRONG, Sharers
from tests.hub.pages.conftest import press
from tests.hub.pages.sharing_on_the_page import LANGUAGES, PageOfSharers, news, on_card

# What the script does with an answer does not depend on the hub's database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)


def _add(page: Page, number: str, role: str = "member", password: str = "") -> None:
    page.fill("#adding-number", number)
    page.check(f"[name=adding-role][value={role}]")
    page.fill("#adding-password", password)
    page.click("#adding-form button")


def _is_refused(page: Page, text: str) -> None:
    expect(page.locator("#problem")).to_have_text(text)
    expect(page.locator("#adding-form button")).to_be_enabled()


@IN_BOTH
def test_a_card_without_a_password_waits_for_its_owner(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, language: Language
) -> None:
    stranger = sharers.stranger()
    page = pages.of(stranger, language)
    press(page, "#add-card", "#adding")
    expect(page.locator("#adding-number")).to_be_focused()
    _add(page, f" {card.card_no[:3].lower()} {card.card_no[3:]} ", "admin")
    expect(page.locator("#outcome-title")).to_have_text(TEXTS["waiting_title"].of(language))
    said = TEXTS["waiting_text"].of(language).replace("{card}", card.card_no)
    said = said.replace("{role}", TEXTS["role_viewer"].of(language))
    expect(page.locator("#outcome-text")).to_have_text(
        said.replace("{wished}", TEXTS["role_admin"].of(language))
    )
    assert (stranger, "viewer") in sharers.bound(card)
    press(page, "#outcome-cards", "#cards")
    expect(page.locator(f"{on_card(card)} .card-note")).to_have_text(TEXTS["viewer"].of(language))
    expect(page.locator(f"{on_card(card)} .card-show")).to_be_hidden()


def test_a_card_with_a_password_binds_who_knows_it(
    pages: PageOfSharers, sharers: Sharers, card: CardRows
) -> None:
    sharers.set_password(card)
    page = pages.of(sharers.stranger())
    press(page, "#add-card", "#adding")
    _add(page, card.card_no)
    _is_refused(page, TEXTS["password_needed"].zh_TW)
    expect(page.locator("#adding-password")).to_be_focused()
    _add(page, card.card_no, password=WRONG)
    _is_refused(page, catalogue()[Code.INVALID_BINDING_PASSWORD].titles["zh_TW"])
    assert page.input_value("#adding-password") == ""
    _add(page, card.card_no, password=PASSWORD)
    expect(page.locator("#outcome-title")).to_have_text(TEXTS["joined_title"].zh_TW)
    assert page.input_value("#adding-password") == ""
    assert {role for _, role in sharers.bound(card)} == {"owner", "member"}


@IN_BOTH
def test_why_a_card_was_not_added_is_said(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, language: Language
) -> None:
    standard = sharers.rows.card()
    page = pages.of(sharers.stranger(), language)
    press(page, "#add-card", "#adding")
    _add(page, "")
    _is_refused(page, TEXTS["number_missing"].of(language))
    _add(page, "PRE1")
    _is_refused(page, ERRORS[Code.CARD_NOT_FOUND].of(language))
    _add(page, standard.card_no)
    _is_refused(page, catalogue()[Code.CARD_TYPE_NOT_SHAREABLE].titles[language])
    sharers.set_password(card)
    for _ in range(5):
        sharers.bind(sharers.stranger(), card, password=WRONG)
    _add(page, card.card_no, password=PASSWORD)
    _is_refused(page, ERRORS[Code.BINDING_LOCKED].of(language).replace("{minutes}", "15"))
    sharers.stop(card, "frozen")
    _add(page, card.card_no)
    _is_refused(page, ERRORS[Code.CARD_NOT_ACTIVE].of(language))


@IN_BOTH
def test_a_shared_card_is_left_only_after_a_question(
    pages: PageOfSharers, sharers: Sharers, card: CardRows, language: Language
) -> None:
    member = sharers.join(card)["member_id"]
    page = pages.of(member, language)
    press(page, f"{on_card(card)} .card-leave", "#question")
    expect(page.locator("#question-title")).to_have_text(TEXTS["leave_title"].of(language))
    expect(page.locator("#question-title")).to_be_focused()
    press(page, "#question-no", "#cards")
    press(page, f"{on_card(card)} .card-leave", "#question")
    press(page, "#question-yes", "#cards")
    name = f"{TEXTS['card_prepaid'].of(language)} {card.card_no}"
    news(page, TEXTS["left"].of(language).replace("{card}", name))
    expect(page.locator(on_card(card))).to_have_count(0)
    assert sharers.bound(card) == [(card.member_id, "owner")]


@IN_BOTH
def test_points_show_what_moved_them_and_how_far_the_next_tier_is(
    pages: PageOfSharers, sharers: Sharers, language: Language
) -> None:
    card = sharers.rows.card(points=1_300)
    sharers.rows.grant_points(card, -69)
    page = pages.of(card.member_id, language)
    press(page, f"{on_card(card)} .card-open-points", "#points")
    expect(page.locator("#points-now")).to_have_text("1,231")
    expect(page.locator("#points-tier")).to_contain_text(TEXTS["tier_1"].of(language))
    expect(page.locator("#points-next")).to_contain_text("3,769")
    expect(page.locator("#points-next")).to_contain_text(TEXTS["tier_2"].of(language))
    assert page.locator("#points-progress").evaluate("bar => [bar.value, bar.max]") == [1_231, 5_000]
    expect(page.locator("#points-list .amount")).to_have_text(["-69", "+1,300"])
    expect(page.locator("#points-more")).to_be_hidden()


def test_points_of_the_highest_tier_and_of_a_new_card(pages: PageOfSharers, sharers: Sharers) -> None:
    highest, new = sharers.rows.card(points=12_000), sharers.rows.card()
    page = pages.of(highest.member_id)
    press(page, ".card-open-points", "#points")
    expect(page.locator("#points-next")).to_have_text(TEXTS["highest_tier"].zh_TW)
    page = pages.of(new.member_id)
    press(page, ".card-open-points", "#points")
    expect(page.locator("#points-list li")).to_have_text(TEXTS["no_points"].zh_TW)
    press(page, "#points-back", "#cards")


def test_older_points_come_when_asked_for(pages: PageOfSharers, sharers: Sharers, clock: ManualClock) -> None:
    card = sharers.rows.card(points=1)
    row = {"card_id": card.card_id, "reason": "charge", "at": clock.now()}
    for before in range(1, 30):
        sharers.rows.insert(point_ledger, row | {"change": 1, "before": before, "after": before + 1})
    page = pages.of(card.member_id)
    press(page, ".card-open-points", "#points")
    expect(page.locator("#points-list li")).to_have_count(20)
    expect(page.locator("#points-list .why").first).to_have_text(TEXTS["kind_charge"].zh_TW)
    page.click("#points-more")
    expect(page.locator("#points-list li")).to_have_count(30)
    expect(page.locator("#points-more")).to_be_hidden()


def test_a_card_without_points_offers_none(pages: PageOfSharers, sharers: Sharers) -> None:
    corporate = sharers.rows.card(card_type="corporate")
    page = pages.of(corporate.member_id)
    expect(page.locator(".card-share")).to_be_visible()
    expect(page.locator(".card-open-points")).to_be_hidden()
