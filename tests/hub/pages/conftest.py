"""A browser, a hub that it reaches over plain HTTP, and the way through the page."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from pydantic import SecretStr

from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from tests.builders.hub_rows import CardRows
from tests.builders.people import newest_digits
from tests.hub.bindings.sharers import Sharers
from tests.hub.pages.sharing_on_the_page import PageOfSharers

CHROMIUM = "/usr/bin/chromium"
PHONE_SIZE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000  # a busy machine is slow, which is no fault of the page
OpenPage = Callable[..., Page]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """As for every hub, but without TLS: the browser speaks to the loopback."""
    return Settings(
        data_dir=tmp_path / "data",
        database_url=SecretStr(database_url),
        base_url="http://127.0.0.1",
        pin_bcrypt_cost=4,
        password_bcrypt_cost=4,
    )


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[OpenPage]:
    """`open_page(language, width, height, fragment, token)`: the page on a phone in dark mode.

    `fragment` is what stands after the `#`; with a `token` its member is signed in. Errors in its script fail the
    test.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def _open(
        language: str = "zh_TW",
        width: int = PHONE_SIZE["width"],
        height: int = PHONE_SIZE["height"],
        fragment: str = "",
        token: str | None = None,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2,
            color_scheme="dark",
            locale="zh-TW" if language == "zh_TW" else "en-US",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        if token is not None:
            context.add_cookies([{"name": "mps-member", "value": token, "url": f"{address}/"}])
        page.goto(f"{address}/m/?lang={language}{fragment and '#' + fragment}")
        page.wait_for_selector(".screen:not(#loading):not([hidden])")
        return page

    yield _open
    for context in contexts:
        context.close()
    assert faults == []


def press(page: Page, selector: str, until: str) -> None:
    """Press and wait for a screen or a sign."""
    page.click(selector)
    page.wait_for_selector(f"{until}:not([hidden])")


def sign_in(page: Page, settings: Settings, phone: str, until: str = "#cards") -> None:
    """From the phone to the cards, or to another screen, as a member."""
    page.fill("#phone-input", phone)
    press(page, "#phone-form button", "#otp")
    page.fill("#otp-input", newest_digits(settings))
    press(page, "#otp-form button", until)


def register(
    page: Page, settings: Settings, phone: str = "0912345678", name: str = "林小美", until: str = "#cards"
) -> None:
    """From the phone to the cards, or to another screen, as a new member."""
    sign_in(page, settings, phone, until="#name")
    page.fill("#name-input", name)
    press(page, "#name-form button", until)


def show_code(page: Page) -> dict[str, Any]:
    """Open the first card's code; what the tab keeps of it."""
    page.click(".card-show")
    page.wait_for_selector("#qr svg")
    return kept(page)


def kept(page: Page) -> dict[str, Any]:
    """The code that the tab's session storage holds; empty when it holds none."""
    text = page.evaluate("sessionStorage.getItem('mps-code')")
    codes: dict[str, dict[str, Any]] = json.loads(text) if text else {}
    return next(iter(codes.values()), {})


@pytest.fixture
def sharers(hub: Hub, client: httpx.Client) -> Sharers:
    """Cards, owners and strangers at a serving hub."""
    return Sharers(hub, client)


@pytest.fixture
def card(sharers: Sharers) -> CardRows:
    """A prepaid card with its owner."""
    return sharers.rows.card(card_type="prepaid")


@pytest.fixture
def pages(open_page: OpenPage, sharers: Sharers) -> PageOfSharers:
    """The page, as one of the sharers."""
    return PageOfSharers(open_page, sharers)
