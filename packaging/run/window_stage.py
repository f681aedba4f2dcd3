"""A window on a stage: its terminal, its clock, and the hands that drive it through a scene."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from pos_app.desktop.counter import Counter
from pos_app.desktop.run import Desktop
from pos_app.features.charging.screen import State
from tests.fakes.clock import ManualClock
from tests.fakes.desk import GOOD_CODE, FakeTerminal

WAIT_MS = 5_000
REST_MS = 150


@dataclass
class Stage:
    """The window of one scene, and what drives it."""

    desktop: Desktop
    terminal: FakeTerminal
    clock: ManualClock
    released: threading.Event = field(default_factory=threading.Event)

    def hold(self) -> None:
        """Keep a charge waiting until the scene is over."""
        self.released.wait(WAIT_MS / 1000)

    def label(self, name: str) -> QLabel:
        """A label by its name."""
        found = self.desktop.window.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found

    @property
    def counter(self) -> Counter:
        """The counter, once the terminal is open."""
        assert self.desktop.counter is not None
        return self.desktop.counter

    def until(self, holds: Callable[[], bool]) -> None:
        """Let events run until it holds."""
        deadline = QDeadlineTimer(WAIT_MS)
        while not holds():
            if deadline.hasExpired():
                raise TimeoutError("the scene did not come about")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def rest(self) -> None:
        """Let what was pressed come about, where nothing tells that it has."""
        deadline = QDeadlineTimer(REST_MS)
        while not deadline.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def keys(self, text: str) -> None:
        QTest.keyClicks(self.desktop.window, text)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.desktop.window, key)

    def sign_in(self) -> None:
        """As far as the charge screen."""
        self.pin("1234")
        self.until(lambda: self.desktop.window.current == "charge")
        self.counter.charge_view.show_frame(_someone_with_a_phone())
        self.counter.charge_view.set_camera_words(None)

    def pin(self, pin: str) -> None:
        self.keys(pin)
        self.key(Qt.Key.Key_Return)

    def state(self, state: State) -> None:
        charge = self.counter.charge
        self.until(lambda: charge.screen.state is state)

    def charge(self, amount: str, state: State) -> None:
        """Amount, code, Enter, and the state that follows."""
        self.sign_in()
        self.keys(amount)
        self.desktop.window.scanned(GOOD_CODE)
        self.key(Qt.Key.Key_Return)
        self.state(state)


def _someone_with_a_phone() -> QImage:
    """A picture for the camera's place."""
    image = QImage(480, 270, QImage.Format.Format_RGB32)
    image.fill(QColor("#6B7A72"))
    painter = QPainter(image)
    painter.fillRect(165, 20, 150, 240, QColor("#15181C"))
    painter.fillRect(175, 35, 130, 205, QColor("#FFFFFF"))
    for n in range(400):
        if (n * 7919) % 13 < 6:
            painter.fillRect(190 + n % 20 * 5, 85 + n // 20 * 5, 5, 5, QColor("#000000"))
    painter.end()
    return image
