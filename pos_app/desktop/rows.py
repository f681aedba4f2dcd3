"""The window's three rows: identity and devices, line, navigation."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.translations import window as words
from pos_app.appearance.type import font
from pos_app.appearance.widgets import button, label, set_role
from pos_app.desktop.line_words import LineWords
from shared.problems import Language

_GAP = 16
_SWITCH_WIDTH = 112
_LINE_SIZES = (20, 19, 18)
_METER_BOTTOM, _METER_HEIGHT = 8, 4
_METER_LEFT, _METER_WHOLE = QColor(255, 255, 255), QColor(255, 255, 255, 80)


class IdentityRow(QFrame):
    """Who and where at the left; devices and the language at the right."""

    language_pressed = Signal()
    scheme_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("identity_row")
        self.setProperty("role", "bar")
        self.who = label(self, "identity", px.BODY, bold=True)
        self.camera = label(self, "camera_state", px.SMALLEST_TEXT)
        self.printer = label(self, "printer_state", px.SMALLEST_TEXT)
        self.scheme = button(self, "scheme_switch", px.SMALLEST_TEXT)
        self.language = button(self, "language_switch", px.SMALLEST_TEXT)
        self._said_of_who = ""
        self.language.clicked.connect(self.language_pressed)
        self.scheme.clicked.connect(self.scheme_pressed)

    def show_words(self, who: str, camera: str, printer: str, scheme: str, language: Language) -> None:
        """Draw a moment."""
        self._said_of_who = who
        self.camera.setText(camera)
        self.printer.setText(printer)
        self.scheme.setText(scheme)
        self.language.setText(words.SWITCH_LANGUAGE().said_in(language))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place from the right."""
        self._arrange()

    def _arrange(self) -> None:
        height, right = self.height() - 1, self.width() - 4
        for made, width in ((self.language, _SWITCH_WIDTH), (self.scheme, 76)):
            made.setGeometry(right - width, 2, width, height - 4)
            right -= width + 6
        right -= _GAP - 6
        for shown in (self.printer, self.camera):
            width = QFontMetrics(shown.font()).horizontalAdvance(shown.text()) + 2
            shown.setGeometry(right - width, 0, width, height)
            right -= width + _GAP
        self.who.setGeometry(_GAP, 0, right - _GAP, height)
        self._fit_who(right - _GAP)

    def _fit_who(self, room: int) -> None:
        """Smaller letters where a device has much to say; then the middle goes: store first, cashier and shift last."""
        metrics = QFontMetrics(font(_LINE_SIZES[0], bold=True))
        for pixels in _LINE_SIZES:
            made = font(pixels, bold=True)
            metrics = QFontMetrics(made)
            self.who.setFont(made)
            if metrics.horizontalAdvance(self._said_of_who) <= room:
                break
        self.who.setText(metrics.elidedText(self._said_of_who, Qt.TextElideMode.ElideMiddle, room))


class LineRow(QFrame):
    """The line's state and what waits at the left, the last charge at the right; offline the limits' meter, as high."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("line_row")
        self.setProperty("role", "bar")
        self.state = label(self, "line_state", px.BODY, bold=True)
        self.last = label(self, "line_last", px.BODY)
        self._left_permille: int | None = None

    def show_line(self, line: LineWords | None, last: Phrase | None, language: Language) -> None:
        """Draw a moment."""
        set_role(self, "offline_bar" if line is not None and line.is_offline else "bar")
        self._left_permille = None if line is None else line.left_permille
        said = "" if line is None else f"{line.mark}  {line.sentence.said_in(language)}"
        self.state.setText(said)
        self.last.setText("" if last is None else charge_words.ROW_LAST(what=last).said_in(language))
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place anew."""
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Offline, a bar at the foot of the row shows what is left of the limit."""
        super().paintEvent(event)
        if self._left_permille is None:
            return
        painter = QPainter(self)
        # The whole of the limit shows too, inside the row: a line along its edge would look like the row's own end.
        whole = QRect(_GAP, self.height() - _METER_BOTTOM, self.width() - 2 * _GAP, _METER_HEIGHT)
        painter.fillRect(whole, _METER_WHOLE)
        whole.setWidth(whole.width() * self._left_permille // 1000)
        painter.fillRect(whole, _METER_LEFT)
        painter.end()

    def _arrange(self) -> None:
        room = self.width() - 2 * _GAP
        for pixels in _LINE_SIZES:
            made = font(pixels, bold=True)
            self.state.setFont(made)
            needed = QFontMetrics(made).horizontalAdvance(self.state.text())
            if needed <= room:
                break
        last_width = QFontMetrics(self.last.font()).horizontalAdvance(self.last.text()) + 2
        # Money is never cut short: the last charge stands here only where it has room beside the meter.
        self.last.setVisible(needed + 2 * _GAP + last_width <= room)
        self.last.setGeometry(self.width() - _GAP - last_width, 0, last_width, self.height() - 2)
        left_room = room - (0 if self.last.isHidden() else last_width + _GAP)
        self.state.setGeometry(_GAP, 0, left_room, self.height() - 2)


class Place(Enum):
    """Where one can go, in the order of the eight places. Two stay empty until there is something behind them."""

    CHARGE = 0
    HISTORY = 1
    SHIFT = 3
    INBOX = 4
    REPRINT = 5
    LOCK = 6


_TEXTS = {
    Place.CHARGE: words.NAV_CHARGE,
    Place.HISTORY: words.NAV_HISTORY,
    Place.SHIFT: words.NAV_SHIFT,
    Place.INBOX: words.NAV_INBOX,
    Place.REPRINT: words.NAV_REPRINT,
    Place.LOCK: words.NAV_LOCK,
}


@dataclass(frozen=True, slots=True)
class NavigationState:
    """Which place one is at, whether the keys are there (not while locked), and how many wait for a person."""

    at: Place | None
    is_open: bool
    to_do: int


class NavigationRow(QFrame):
    """Eight places of one width; only those that work have a key."""

    pressed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        self.setProperty("role", "bar")
        self.setProperty("place", "bottom")
        self.keys: dict[Place, QPushButton] = {}
        for place in Place:
            made = button(self, f"nav_{place.name.lower()}", px.BODY, role="nav")
            made.setCheckable(True)
            made.clicked.connect(lambda _checked=False, to=place: self.pressed.emit(to))
            self.keys[place] = made

    def show_state(self, state: NavigationState, language: Language) -> None:
        """Draw a moment."""
        for place, made in self.keys.items():
            phrase = _TEXTS[place]()
            if place is Place.INBOX and state.to_do:
                phrase = words.NAV_INBOX_COUNT(count=str(state.to_do))
            made.setText(phrase.said_in(language))
            made.setChecked(place is state.at)
            made.setVisible(state.is_open)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Eight places."""
        width = self.width() // px.NAVIGATION_PLACES
        for place, made in self.keys.items():
            made.setGeometry(place.value * width, 1, width, self.height() - 1)
