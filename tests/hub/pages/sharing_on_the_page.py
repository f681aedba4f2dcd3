"""Cards that members share, seen from the page: who is signed in, and what a test measures on a screen."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from hub_server.members.tables import members
from shared.problems import Language
from tests.builders.hub_rows import CardRows
from tests.hub.bindings.sharers import Sharers

LANGUAGES: tuple[Language, ...] = ("zh_TW", "en")
# Everything that outlives the tab, or that others may read.
OUTSIDE_THE_TAB = (
    "JSON.stringify([Object.entries(localStorage), document.cookie, location.href, history.state])"
)
_RECTANGLES = """[...document.querySelectorAll('button, a, input')].filter(e => e.offsetParent).map(e => {
  const r = (e.closest('label') ?? e).getBoundingClientRect();
  return [e.id || e.className || e.value, r.left, r.top, r.right, r.bottom];
})"""
_CONTRASTS = """(() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter(e => e.offsetParent && !e.disabled)
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => {
      const pair = [light(rgb(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
      return [(pair[0] + 0.05) / (pair[1] + 0.05), e.textContent.trim()];
    });
})()"""


class PageOfSharers:
    """Opens the page as one of the sharers."""

    def __init__(self, open_page: Callable[..., Page], sharers: Sharers) -> None:
        """In the test's browser, at the sharers' hub."""
        self.open_page = open_page
        self.sharers = sharers

    def of(self, member_id: str, language: str = "zh_TW", *, fragment: str = "", **size: int) -> Page:
        """The page, signed in."""
        token = self.sharers.headers(member_id)["Authorization"].removeprefix("Bearer ")
        return self.open_page(language, fragment=fragment, token=token, **size)

    def sharing(self, card: CardRows, language: str = "zh_TW") -> Page:
        """The owner's screen of a shared card."""
        page = self.of(card.member_id, language)
        page.click(f"{on_card(card)} .card-share")
        page.wait_for_selector("#sharing:not([hidden])")
        return page

    def name(self, member_id: str, name: str) -> None:
        """So that people can be told apart."""
        changed = update(members).where(members.c.id == member_id).values(name=name)
        self.sharers.hub.context.database.run(lambda connection: connection.execute(changed))

    def caps(self, card: CardRows, member_id: str) -> dict[str, Any]:
        """The member's caps, as the hub has them."""
        found = self.sharers.ask("GET", card.member_id, f"/cards/{card.card_id}/bindings").json()["items"]
        [caps] = [item["caps"] for item in found if item["member_id"] == member_id]
        return dict(caps)


def on_card(card: CardRows) -> str:
    """Where the card is among the cards."""
    return f'[data-card-no="{card.card_no}"]'


def person(page: Page, name: str, among: str = "#people-list") -> Locator:
    """The row of a person."""
    return page.locator(f"{among} li", has=page.locator(".person-name", has_text=name))


def news(page: Page, text: str) -> None:
    """The page says that it was done."""
    expect(page.locator("#news")).to_have_text(text)


def faults_of_layout(page: Page, width: int) -> list[str]:
    """What a phone's user would stumble over: wider than the screen, small or overlapping targets, faint text."""
    faults = []
    if page.evaluate("document.documentElement.scrollWidth") != width:
        faults.append("scrolls sideways")
    rectangles = page.evaluate(_RECTANGLES)
    for name, left, top, right, bottom in rectangles:
        if right - left < 44 or bottom - top < 44 or left < 0 or right > width:
            faults.append(f"{name}: {right - left} x {bottom - top} at {left}")
    for index, (name, left, top, right, bottom) in enumerate(rectangles):
        for other, left_2, top_2, right_2, bottom_2 in rectangles[index + 1 :]:
            if left < right_2 and left_2 < right and top < bottom_2 and top_2 < bottom:
                faults.append(f"{name} and {other} overlap")
    faults += [f"{text}: contrast {ratio}" for ratio, text in page.evaluate(_CONTRASTS) if ratio < 4.5]
    return faults
