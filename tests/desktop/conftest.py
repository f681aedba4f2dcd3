"""The real window over a stand-in terminal, with a clock that is told the time."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from pos_app.appearance.sizes import LARGE
from pos_app.desktop.counter import Counter
from pos_app.desktop.main_window import MainWindow
from pos_app.desktop.run import Desktop, Equipment
from pos_app.devices.printer.port import NoPrinter
from pos_app.features.charging.screen import Screen, State
from shared.problems import Language
from tests.fakes.clock import ManualClock
from tests.fakes.desk import AT, GOOD_CODE, FakeDesk, FakeTerminal

WAIT_MS = 5_000


@dataclass
class Counterpart:
    """A person at the counter: presses keys and buttons, shows codes, reads labels."""

    bot: QtBot
    desktop: Desktop
    terminal: FakeTerminal
    clock: ManualClock
    released: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        """Keep a charge waiting for its answer."""
        self.released.wait(WAIT_MS / 1000)

    def release(self) -> None:
        """Let it be answered."""
        self.released.set()

    @property
    def desk(self) -> FakeDesk:
        return self.terminal.desk

    @property
    def window(self) -> MainWindow:
        return self.desktop.window

    @property
    def counter(self) -> Counter:
        assert self.desktop.counter is not None
        return self.desktop.counter

    @property
    def screen(self) -> Screen:
        return self.counter.charge.screen

    def until(self, holds: Callable[[], bool]) -> None:
        self.bot.waitUntil(holds, timeout=WAIT_MS)

    def state(self, state: State) -> None:
        self.until(lambda: self.screen.state is state)

    def keys(self, text: str) -> None:
        QTest.keyClicks(self.window, text)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window, key)

    def enter(self) -> None:
        self.key(Qt.Key.Key_Return)

    def scan(self, text: str) -> None:
        """What camera and scanner filter deliver."""
        self.window.scanned(text)

    def button(self, name: str) -> QPushButton:
        """The one that is to be seen, of those of that name."""
        found = self.window.findChildren(QPushButton, name)
        return next((one for one in found if one.isVisible()), found[0])

    def label(self, name: str) -> QLabel:
        found = self.window.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found

    def click(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def visible_texts(self) -> list[str]:
        labels = [one.text() for one in self.window.findChildren(QLabel) if one.isVisible()]
        return labels + [one.text() for one in self.window.findChildren(QPushButton) if one.isVisible()]

    def sign_in(self) -> None:
        self.keys("1234")
        self.enter()
        self.until(lambda: self.window.current == "charge")

    def charge(self, amount: str, state: State) -> None:
        """Amount, code, Enter."""
        self.keys(amount)
        self.scan(GOOD_CODE)
        self.enter()
        self.state(state)


OpenWindow = Callable[..., Counterpart]


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication) -> Iterator[OpenWindow]:
    """Open windows; all are closed at the end."""
    opened: list[Desktop] = []

    def make(
        terminal: FakeTerminal | None = None,
        language: Language = "zh_TW",
        size: tuple[int, int] = LARGE.window,
    ) -> Counterpart:
        clock, behind = ManualClock(AT), terminal or FakeTerminal()
        equipment = Equipment(camera=None, printer=NoPrinter(), clock=clock, language=language)
        desktop = Desktop(qapp, equipment)
        opened.append(desktop)
        desktop.window.resize(*size)
        desktop.window.show()
        desktop.stand_at(behind)
        return Counterpart(qtbot, desktop, behind, clock)

    yield make
    for desktop in opened:
        desktop.window.close()
        desktop.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def person(open_window: OpenWindow) -> Counterpart:
    """Somebody signed in at the charge screen."""
    made = open_window()
    made.sign_in()
    return made
