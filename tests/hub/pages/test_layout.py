"""The member's page in a real browser: every screen on the smallest phone, in both languages."""

import pytest
from playwright.sync_api import Page

from hub_server.settings import Settings
from shared.problems import Language
from tests.hub.bindings.sharers import Sharers
from tests.hub.pages.conftest import OpenPage, press
from tests.hub.pages.sharing_on_the_page import LANGUAGES, PageOfSharers, faults_of_layout, on_card

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WIDTH, HEIGHT = 360, 640
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-" + "林" * 28


def _look(page: Page, seen: dict[str, list[str]], screen: str) -> None:
    seen[screen] = faults_of_layout(page, WIDTH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_overlaps_is_too_small_or_too_faint(
    pages: PageOfSharers, sharers: Sharers, open_page: OpenPage, settings: Settings, language: Language
) -> None:
    card = sharers.rows.card(99_999_999, card_type="prepaid", points=9_500)
    member, stranger = sharers.join(card, "admin"), sharers.stranger()
    for person in (member["member_id"], stranger):
        pages.name(person, LONG_NAME)
    caps = {"cap_per_charge": 99_999_999, "cap_per_day": 99_999_999}
    sharers.ask("PUT", card.member_id, f"/bindings/{member['id']}/caps", caps)
    sharers.bind(stranger, card, "admin")
    seen: dict[str, list[str]] = {}
    page = open_page(language, WIDTH, HEIGHT, fragment="invitation=x")
    _look(page, seen, "phone")
    page = pages.of(card.member_id, language, width=WIDTH, height=HEIGHT)
    _look(page, seen, "cards")
    press(page, ".card-open-points", "#points")
    _look(page, seen, "points")
    press(page, "#points-back", "#cards")
    press(page, "#add-card", "#adding")
    press(page, "#adding-form button", "#problem")
    _look(page, seen, "adding")
    press(page, "#adding-back", "#cards")
    press(page, f"{on_card(card)} .card-share", "#sharing")
    _look(page, seen, "sharing")
    press(page, "#people-list .remove:visible", "#question")
    _look(page, seen, "question")
    press(page, "#question-no", "#sharing")
    press(page, "#people-list .caps:visible", "#caps")
    _look(page, seen, "caps")
    press(page, "#caps-form .action", "#news")
    _look(page, seen, "news")
    press(page, "#invite", "#inviting")
    _look(page, seen, "inviting")
    press(page, "#inviting-form button", "#invitation")
    _look(page, seen, "invitation")
    page = pages.of(member["member_id"], language, fragment="invitation=x", width=WIDTH, height=HEIGHT)
    press(page, "#question-yes", "#outcome")
    _look(page, seen, "outcome")
    press(page, "#outcome-cards", "#cards")
    _look(page, seen, "shared card")
    assert {screen: faults for screen, faults in seen.items() if faults} == {}
