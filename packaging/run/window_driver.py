"""Hands and eyes at the real window: keys, clicks, what can be read on it, pictures of it.

What is waited for is always something a person could see or hold; no wait is without a bound, and the window lives on
during each.
"""

import re
import string
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QTableView, QWidget

from pos_app.appearance.camera_preview import CameraPreview
from pos_app.appearance.translations import Text
from shared.problems import Language

T = TypeVar("T")
Sought = Text | str
_LOOK_MS: Final = 15
_LOOK_PIXELS: Final = 16
_DRAWN_MS: Final = 60
_PNG_QUALITY: Final = 80
"""PNG loses nothing; Qt packs less hard, and four times as fast."""
_BETWEEN_KEYS_MS: Final = 60
_WAIT_S: Final = 10.0


class NotSeen(Exception):
    """What was waited for did not come in time."""


class WindowDriver:
    """Drives one window. `language` is the one the window speaks now."""

    def __init__(self, window: QWidget, pictures: Path, language: Language = "zh_TW") -> None:
        self.window = window
        self.language = language
        self.pictures: list[Path] = []
        self._folder = pictures
        self._hands = ThreadPoolExecutor(max_workers=2, thread_name_prefix="stage-hand")

    def wait_until(self, what: str, condition: Callable[[], T | None], within_s: float = _WAIT_S) -> T:
        """Let the window live until the condition gives something true.

        Raises:
            NotSeen: it did not in that time; says what the window shows instead.
        """
        deadline = time.monotonic() + within_s
        while not (found := condition()):
            if time.monotonic() > deadline:
                shown = " / ".join(self.texts())
                raise NotSeen(f"{what}: not within {within_s:g} s. The window shows: {shown}")
            QTest.qWait(_LOOK_MS)
        return found

    def wait_for(self, sought: Sought, within_s: float = _WAIT_S) -> str:
        """Wait until a text of the catalogue (its blanks filled with anything), or a part of one, can be read.

        Returns the whole text of the label.
        """
        what = f"“{sought if isinstance(sought, str) else sought.pattern(self.language)}”"
        return self.wait_until(what, lambda: self.reads(sought), within_s)

    def reads(self, sought: Sought) -> str | None:
        """The first text on the window that holds it."""
        pattern = self._pattern(sought)
        return next((text for text in self.texts() if pattern.search(text)), None)

    def texts(self) -> list[str]:
        """Everything that can be read on the window now."""
        widgets = self.window.findChildren(QWidget)
        cells = [cell for widget in widgets for cell in _cells_of(widget)]
        return [said for widget in widgets if (said := _text_of(widget))] + cells

    def shows(self, name: str) -> str:
        """The text of the visible widget of that name; empty when there is none.

        Only for what has a fixed place and changing words, such as the amount.
        """
        widgets = self.window.findChildren(QWidget, name)
        return next((said for widget in widgets if (said := _text_of(widget))), "")

    def press(self, key: Qt.Key) -> None:
        """Press a key as the display's keyboard would: it goes where the focus is. As fast as a person, no faster:
        keys at a machine's speed are a scanner's, and the window tells them apart."""
        QTest.qWait(_BETWEEN_KEYS_MS)
        QTest.keyClick(self.window.windowHandle(), key)

    def type(self, text: str) -> None:
        """Type digits and points, one key after the other."""
        for character in text:
            self.press(Qt.Key(ord(character)))

    def click(self, sought: Sought) -> None:
        """Click the middle of the button that says so.

        Raises:
            NotSeen: no enabled button does within a few seconds.
        """
        button = self.wait_until(f"the button {sought!r}", lambda: self._button(sought), 5)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def do(self, work: Callable[[], T], within_s: float = 30) -> T:
        """Do what happens outside the window, on another thread, while the window lives on."""
        return self.finish(self.begin(work), within_s)

    def begin(self, work: Callable[[], T]) -> "Future[T]":
        """Begin what happens outside the window and is needed only later."""
        return self._hands.submit(work)

    def finish(self, begun: "Future[T]", within_s: float = 30) -> T:
        """Its result; the window lives on until it is there."""
        self.wait_until("work outside the window", begun.done, within_s)
        return begun.result()

    def take_picture(self, name: str) -> Path:
        """What the display shows of the window now, as `NN-name.png`."""
        self.wait_until("a picture from the camera", lambda: all(map(_is_live, self._previews())))
        # What has changed is drawn at the display's next frames, not when the words were set.
        QTest.qWait(_DRAWN_MS)
        path = self._folder / f"{len(self.pictures) + 1:02d}-{name}.png"
        screen = self.window.screen()
        shot = screen.grabWindow(self.window.winId())
        if shot.isNull() or not shot.save(str(path), "PNG", _PNG_QUALITY):
            raise RuntimeError(f"no picture could be taken of {name}")
        self.pictures.append(path)
        return path

    def close(self) -> None:
        """Let go of the threads."""
        self._hands.shutdown(wait=True, cancel_futures=True)

    def _previews(self) -> list[CameraPreview]:
        return [preview for preview in self.window.findChildren(CameraPreview) if preview.isVisible()]

    def _button(self, sought: Sought) -> QAbstractButton | None:
        pattern = self._pattern(sought)
        return next(
            (
                button
                for button in self.window.findChildren(QAbstractButton)
                if button.isVisible() and button.isEnabled() and pattern.search(button.text())
            ),
            None,
        )

    def _pattern(self, sought: Sought) -> re.Pattern[str]:
        if isinstance(sought, str):
            return re.compile(re.escape(sought))
        parts = string.Formatter().parse(sought.pattern(self.language))
        return re.compile("".join(re.escape(said) + (".+?" if blank else "") for said, blank, _, _ in parts))


def _text_of(widget: QWidget) -> str:
    """What can be read on a widget; nothing on one that is not seen."""
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit) and widget.isVisible():
        return widget.text()
    return ""


def _cells_of(widget: QWidget) -> list[str]:
    """What stands in a list's rows."""
    if not isinstance(widget, QTableView) or not widget.isVisible():
        return []
    model = widget.model()
    places = [(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
    return [str(model.index(row, column).data() or "") for row, column in places]


def _is_live(preview: CameraPreview) -> bool:
    """Whether the camera's picture is on it: what it shows, empty, is of one colour."""
    shown = preview.grab().toImage()
    middle = shown.height() // 2
    return len({shown.pixel(x, middle) for x in range(0, shown.width(), _LOOK_PIXELS)}) > 1
