"""The real window on the real terminal at a real hub, when the line breaks and when something else is scanned.

Limits are the requirement's own, measured from the press to what can be read on the screen.
"""

import re
import string
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from pos_app.appearance.translations import Text, rooms
from pos_app.appearance.translations import charging as words
from pos_app.appearance.translations.errors import SENTENCES
from pos_app.bootstrap import build_terminal
from pos_app.bootstrap.counter_terminal import CounterTerminal
from pos_app.desktop.run import Desktop, Equipment
from pos_app.devices.printer.port import NoPrinter
from pos_app.features.charging.screen import State
from pos_app.syncing.line import LineState
from shared.clock import SystemClock
from shared.problems import Code, Language
from tests.builders.codes import text_like_a_payment_code
from tests.fakes.line import Line, LineFault
from tests.system.shop import Shop
from tests.system.till import enrol_here, pos_settings
from tests.system.witness import both_sides_agree, own_charges, own_entries

pytestmark = pytest.mark.serial

REFUSED_S = 1.0
OVER_TIMEOUT_S = 0.5
IDLE_S = 5.0
_WAIT_S = 15.0
_AMOUNT = "88"
_KEY_MS = 80


@dataclass(frozen=True)
class Counter:
    """A cashier at the window: what is pressed, and what can be read."""

    bot: QtBot
    desktop: Desktop
    terminal: CounterTerminal
    folder: Path
    language: Language

    def until(self, what: str, holds: Callable[[], object], limit_s: float = _WAIT_S) -> float:
        """Let the window live until it holds; the seconds that took.

        Raises:
            AssertionError: not in time; says what the window shows.
        """
        began = time.monotonic()

        def check() -> bool:
            assert holds(), f"{what}: not within {limit_s} s; the window shows {self.texts()}"
            return True

        self.bot.waitUntil(check, timeout=int(limit_s * 1000))
        return time.monotonic() - began

    def texts(self) -> list[str]:
        """Everything that can be read."""
        return [
            widget.text()
            for widget in self.desktop.window.findChildren(QWidget)
            if isinstance(widget, QLabel | QAbstractButton) and widget.isVisible() and widget.text()
        ]

    def reads(self, text: Text) -> bool:
        """Whether it can be read, its blanks filled with anything."""
        parts = string.Formatter().parse(text.pattern(self.language))
        sought = re.compile(
            "".join(re.escape(said) + (".+?" if blank else "") for said, blank, _, _ in parts)
        )
        return any(sought.search(said) for said in self.texts())

    def reads_one_of(self, *texts: Text) -> bool:
        """Whether one of them can be read."""
        return any(self.reads(text) for text in texts)

    @property
    def state(self) -> State:
        """What the charge screen is in."""
        assert self.desktop.counter is not None
        return self.desktop.counter.charge.screen.state

    def type(self, text: str) -> None:
        """Type at a person's pace: what comes faster is a scanner's."""
        QTest.keyClicks(self.desktop.window, text, Qt.KeyboardModifier.NoModifier, _KEY_MS)

    def ring_up(self, code: str) -> None:
        """Amount, then the code."""
        self.type(_AMOUNT)
        self.desktop.window.scanned(code)
        self.until("ready to be confirmed", lambda: self.state is State.CONFIRMING)

    def confirm(self) -> None:
        """Press Enter."""
        QTest.keyClick(self.desktop.window, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, _KEY_MS)


@pytest.fixture(params=["zh_TW"])
def counter(
    request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, shop: Shop, line: Line, tmp_path: Path
) -> Iterator[Counter]:
    """Signed in at the charge screen, online, nothing waiting."""
    language: Language = request.param
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    terminal = CounterTerminal(build_terminal(pos_settings(tmp_path)))
    desktop = Desktop(
        qapp, Equipment(camera=None, printer=NoPrinter(), clock=SystemClock(), language=language)
    )
    desktop.window.show()
    try:
        desktop.stand_at(terminal)
        made = Counter(qtbot, desktop, terminal, tmp_path, language)
        _sign_in(made, shop)
        yield made
    finally:
        line.become(LineFault.NONE)
        desktop.window.close()
        desktop.window.deleteLater()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _sign_in(counter: Counter, shop: Shop) -> None:
    terminal, window = counter.terminal, counter.desktop.window
    counter.until("online", lambda: terminal.line_status().state is LineState.ONLINE)
    counter.until("nothing waiting", lambda: not terminal.line_status().waiting)
    pins = {person["id"]: person["pin"] for person in shop.demo["staff"]}
    counter.type(pins[terminal.staff()[0].staff_id])
    counter.confirm()
    counter.until("the shift's room", lambda: counter.reads(rooms.SHIFT_OPEN_GO))
    counter.confirm()
    counter.until("the charge screen", lambda: window.current == "charge")
    counter.until("the shift's opening sent", lambda: not terminal.line_status().waiting)


def test_a_refused_line_is_read_as_offline_and_approved_within_a_second_of_the_press(
    counter: Counter, shop: Shop, line: Line
) -> None:
    counter.ring_up(shop.payment_code().text)
    line.become(LineFault.REFUSE)
    pressed = time.monotonic()
    counter.confirm()
    counter.until("paid offline", lambda: counter.reads(words.PAID_OFFLINE), REFUSED_S)
    counter.until("the line row", lambda: counter.reads(words.ROW_OFFLINE), REFUSED_S)
    took = time.monotonic() - pressed
    assert took <= REFUSED_S, f"{took:.2f} s from the press to both on the screen"
    line.become(LineFault.NONE)
    counter.until("all sent", lambda: counter.reads(words.ROW_SENT))
    both_sides_agree(shop, counter.folder)


def test_a_line_that_swallows_is_read_as_unknown_within_the_response_timeout(
    counter: Counter, shop: Shop, line: Line
) -> None:
    code = shop.payment_code()
    counter.ring_up(code.text)
    line.become(LineFault.SWALLOW)
    limit = counter.terminal.identity().response_timeout_ms / 1000 + OVER_TIMEOUT_S
    counter.confirm()
    took = counter.until(
        "an outcome", lambda: counter.reads_one_of(words.IN_DOUBT, words.PAID_OFFLINE), limit
    )
    assert took <= limit, f"{took:.2f} s, {limit} s are allowed"
    assert not counter.reads(words.PAID) or counter.reads(words.PAID_OFFLINE)
    assert not counter.reads(words.NOT_PAID)
    line.become(LineFault.NONE)
    counter.until("a last word", lambda: counter.state in (State.APPROVED, State.APPROVED_OFFLINE))
    counter.until("all sent", lambda: not counter.terminal.line_status().waiting)
    [charge] = own_charges(counter.folder)
    assert charge.is_paid
    both_sides_agree(shop, counter.folder)


def test_an_idle_window_reads_offline_within_five_seconds_of_a_line_that_swallows(
    counter: Counter, line: Line
) -> None:
    line.become(LineFault.SWALLOW)
    took = counter.until("the line row", lambda: counter.reads(words.ROW_OFFLINE), IDLE_S)
    assert took <= IDLE_S, f"{took:.2f} s"


@pytest.mark.parametrize("counter", ["zh_TW", "en"], indirect=True)
def test_what_is_no_payment_code_is_told_in_the_windows_language_and_nothing_is_written(
    counter: Counter, shop: Shop
) -> None:
    before = own_entries(counter.folder)
    counter.type(_AMOUNT)
    wrong = {
        "https://example.com/menu?table=7": Code.INVALID_QR,
        "WIFI:T:WPA;S:Shop guests;P:welcome-123;;": Code.INVALID_QR,
        text_like_a_payment_code(): Code.INVALID_QR,
        shop.payment_code().text[:-9]: Code.INVALID_QR,
        shop.expired_code().text: Code.QR_EXPIRED,
    }
    for text, code in wrong.items():
        counter.desktop.window.scanned(text)
        counter.until(f"a word on {text[:20]}", partial(counter.reads, SENTENCES[code]))
        assert counter.state is not State.CONFIRMING
    counter.confirm()
    assert counter.state in (State.AMOUNT_ENTERED, State.DECLINED)
    assert own_entries(counter.folder) == before
