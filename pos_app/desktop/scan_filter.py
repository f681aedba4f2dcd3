"""The application's event filter: nothing that a scanner types reaches a widget, whatever has the focus (design.md 7)."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from pos_app.devices.scanner import (
    SILENCE_S,
    Damage,
    DigitsScanned,
    Key,
    KeyKind,
    Mangled,
    NotAScan,
    Outcome,
    Scan,
    WedgeRecogniser,
)

_END_KEYS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_CHECK_MS: Final = int(SILENCE_S * 1000) // 4
_OTHER_CLOCK_MS: Final = 5_000
"""Event times that far from ours are another clock's, or one that began anew."""


class ScanFilter(QObject):
    """Eats a scanner's keys and tells the code. Keys that a person typed are handed on to where they were meant for."""

    scanned = Signal(str)
    spoilt = Signal(object)
    digits_scanned = Signal(int)

    def __init__(self, monotonic_ms: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._monotonic_ms = monotonic_ms
        self._recogniser = WedgeRecogniser()
        self._meant_for: QWidget | None = None
        self._is_handing_on = False
        self._climbing_to: QWidget | None = None
        self._window: QWidget | None = None
        self._field_before: tuple[QLineEdit, str] | None = None
        self._event_clock_ms: int | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: True where the event is eaten."""
        if event.type() == QEvent.Type.KeyRelease:
            self._climbing_to = None
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(watched, QWidget) or self._is_handing_on:
            return False
        if not isinstance(event, QKeyEvent):
            return False
        # A key that a widget does not want climbs to its parents: it was fed once already.
        if watched is self._climbing_to:
            self._climbing_to = watched.parentWidget()
            return False
        key = _key_of(event)
        if key is None:
            return False
        if watched.window() is not self._window:
            self._window = watched.window()
            self._recogniser.forget_digits()
        pressed_at = self._pressed_at(event)
        if key.kind is KeyKind.TEXT and not self._recogniser.has_digits(pressed_at):
            self._field_before = (watched, watched.text()) if isinstance(watched, QLineEdit) else None
        fed = self._recogniser.feed(key, pressed_at)
        if fed.eaten and self._meant_for is None:
            self._meant_for = watched
        self._tell(fed.outcomes)
        if self._recogniser.is_scanning:
            self._timer.start(_CHECK_MS)
        self._climbing_to = None if fed.eaten else watched.parentWidget()
        return fed.eaten

    def _now(self) -> float:
        return self._monotonic_ms() / 1000

    def _pressed_at(self, event: QKeyEvent) -> float:
        """When the key was pressed, on our clock: while the window was busy, a person's keys queue up and then come at
        a machine's speed. The least delay seen so far tells how the event's clock stands to ours."""
        now_ms, pressed_ms = self._monotonic_ms(), event.timestamp()
        if not pressed_ms:
            return now_ms / 1000
        ahead_ms = now_ms - pressed_ms
        known = self._event_clock_ms
        if known is None or ahead_ms < known or ahead_ms - known > _OTHER_CLOCK_MS:
            self._event_clock_ms = known = ahead_ms
        return (pressed_ms + known) / 1000

    def _tick(self) -> None:
        self._tell(self._recogniser.tick(self._now()))
        if not self._recogniser.is_scanning:
            self._timer.stop()

    def _tell(self, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            match outcome:
                case Scan(text):
                    self._meant_for = None
                    self.scanned.emit(text)
                case Mangled(damage):
                    self._meant_for = None
                    self.spoilt.emit(damage)
                case NotAScan(keys):
                    self._hand_on(keys)
                case DigitsScanned(count):
                    self._take_back(count)

    def _take_back(self, count: int) -> None:
        """Digits of a barcode were let through: a field that had the focus gets its text back, a page its amount."""
        if self._field_before is not None:
            field, text = self._field_before
            self._field_before = None
            field.setText(text)
        self.digits_scanned.emit(count)

    def _hand_on(self, keys: tuple[str, ...]) -> None:
        """A person typed letters: give them to the widget that had the focus."""
        widget, self._meant_for = self._meant_for, None
        target = widget if widget is not None else QApplication.focusWidget()
        if target is None:
            return
        self._is_handing_on = True
        for text in keys:
            event = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, text)
            QCoreApplication.sendEvent(target, event)
        self._is_handing_on = False


def _key_of(event: QKeyEvent) -> Key | None:
    """The event as the recogniser knows keys; None for a modifier alone and for a command such as Ctrl+V."""
    if event.key() in _END_KEYS:
        return Key(KeyKind.END)
    command = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    if event.modifiers() & command:
        return None
    text = event.text()
    if text and text.isprintable():
        return Key(KeyKind.TEXT, text)
    return Key(KeyKind.OTHER) if event.key() < Qt.Key.Key_Shift.value or _is_function(event) else None


def _is_function(event: QKeyEvent) -> bool:
    return Qt.Key.Key_F1.value <= event.key() <= Qt.Key.Key_F12.value


__all__ = ["Damage", "ScanFilter"]
