"""The rows of 待處理, a page at a time: no more widgets than fit the screen, however many rows there are."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.pin_panel import PinPanel
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import inbox as words
from pos_app.appearance.translations import window as window_words
from pos_app.appearance.widgets import button, frame, label, set_role
from pos_app.features.inbox.flow import Deed, InboxFlow, InboxRow
from pos_app.features.inbox.phrases import head_of, meaning_of, pin_screen
from shared.problems import Language

_ROW = 136
_GAP = 8
_TOP = 66
_FOOT = 64
_BUTTON = 168
_BUTTON_HEIGHT = 64
_DEEDS = {
    Deed.GIVE_UP: words.GIVE_UP,
    Deed.SURE: words.GIVE_UP_SURE,
    Deed.KEEP: words.KEEP,
    Deed.SLIP: words.SLIP,
    Deed.NOTE: words.NOTE,
}


class _Row(QFrame):
    """One row's widgets."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget, place: int) -> None:
        super().__init__(parent)
        self.setObjectName(f"inbox_row_{place}")
        self.setProperty("role", "plain")
        self.head: QLabel = label(self, f"inbox_head_{place}", 24, bold=True)
        self.meaning: QLabel = label(self, f"inbox_meaning_{place}", px.BODY, wrap=True)
        self.meaning.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.buttons: list[QPushButton] = [
            button(self, f"inbox_{name}_{place}", 20) for name in ("first", "second")
        ]
        for number, made in enumerate(self.buttons):
            made.clicked.connect(lambda _checked=False, at=number: self.pressed.emit(at))

    def arrange(self) -> None:
        """Text left, buttons right, the first one left of the second."""
        right = self.width() - 12
        for made in reversed(self.buttons):
            if not made.isHidden():
                made.setGeometry(right - _BUTTON, (_ROW - _BUTTON_HEIGHT) // 2, _BUTTON, _BUTTON_HEIGHT)
                right -= _BUTTON + 12
        self.head.setGeometry(16, 4, right - 28, px.label_height(24))
        self.meaning.setGeometry(16, 40, right - 28, _ROW - 44)


class InboxView(QWidget):
    """Draws an `InboxFlow`; `pressed` tells the row's id and the deed."""

    pressed = Signal(str, object)
    moved = Signal(int)

    def __init__(self, zone: tzinfo, exponent: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inbox_view")
        self._zone, self._exponent = zone, exponent
        self.panel = frame(self, "inbox_panel", "plain")
        self.title = label(self.panel, "inbox_title", 32, bold=True)
        self.empty = label(self.panel, "inbox_empty", px.DETAIL)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.remark = label(self.panel, "inbox_remark", px.BODY, bold=True, wrap=True)
        self.pager = button(self.panel, "inbox_pager", 22)
        self.pager.clicked.connect(self._next_page)
        self.pin = PinPanel(self)
        self._rows: list[_Row] = []
        self._flow: InboxFlow | None = None
        self._language: Language = "zh_TW"
        self._remark: Phrase | None = None

    def show_flow(self, flow: InboxFlow) -> None:
        """Draw a moment."""
        self._flow = flow
        self._draw()

    def show_remark(self, phrase: Phrase) -> None:
        """What came of the last press."""
        self._remark = phrase
        self._draw()

    def forget_remark(self) -> None:
        """The room is entered afresh."""
        self._remark = None

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the room."""
        self.panel.setGeometry(16, 16, self.width() - 32, self.height() - 32)
        self.pin.setGeometry(self.rect())
        self._draw()

    def _rows_a_page(self) -> int:
        return max(1, (self.panel.height() - _TOP - _FOOT) // (_ROW + _GAP))

    def _next_page(self) -> None:
        """The first row of the next page, and after the last of the first."""
        if self._flow is not None:
            a_page = self._rows_a_page()
            to = (self._flow.place // a_page + 1) * a_page
            self.moved.emit((to if to < len(self._flow.rows) else 0) - self._flow.place)

    def _draw(self) -> None:
        language, width, height = self._language, self.panel.width(), self.panel.height()
        self.title.setText(words.TITLE().said_in(language))
        self.title.setGeometry(24, 12, width - 48, px.label_height(32))
        is_loaded = self._flow is not None and self._flow.is_loaded
        empty = words.EMPTY() if is_loaded else window_words.ONE_MOMENT()
        self.empty.setText(empty.said_in(language))
        self.empty.setGeometry(24, height // 2 - 40, width - 48, px.label_height(px.DETAIL))
        flow = self._flow
        if flow is None:
            return
        keys = words.KEYS() if flow.rows else None
        said = self._remark or keys
        self.remark.setText("" if said is None else said.said_in(language))
        self.remark.setGeometry(24, height - _FOOT, width - 260, _FOOT - 8)
        a_page = self._rows_a_page()
        pages = max(1, -(-len(flow.rows) // a_page))
        page = flow.place // a_page
        self.pager.setText(f"{page + 1} / {pages}  ▶")
        self.pager.setGeometry(width - 224, height - _FOOT + 2, 200, _FOOT - 12)
        self.pager.setVisible(pages > 1)
        self.empty.setVisible(not flow.rows)
        self._draw_rows(flow, flow.rows[page * a_page : (page + 1) * a_page])
        self.panel.setVisible(flow.noting is None)
        self.pin.setVisible(flow.noting is not None)
        if flow.noting is not None:
            self.pin.show_screen(pin_screen(flow.pin, flow.noting, self._zone, self._exponent), language)

    def _draw_rows(self, flow: InboxFlow, shown: tuple[InboxRow, ...]) -> None:
        while len(self._rows) < len(shown):
            self._rows.append(self._new_row(len(self._rows)))
        for place, widget in enumerate(self._rows):
            widget.setVisible(place < len(shown))
            if place < len(shown):
                widget.setGeometry(24, _TOP + place * (_ROW + _GAP), self.panel.width() - 48, _ROW)
                self._fill(widget, shown[place], flow)

    def _new_row(self, place: int) -> _Row:
        made = _Row(self.panel, place)
        made.pressed.connect(lambda number: self._pressed(place, number))
        return made

    def _fill(self, widget: _Row, row: InboxRow, flow: InboxFlow) -> None:
        language = self._language
        is_chosen = flow.chosen == row.entry_id
        widget.head.setText(head_of(row, self._zone, self._exponent).said_in(language))
        widget.meaning.setText(meaning_of(row).said_in(language))
        set_role(widget, "picked" if is_chosen else "plain")
        deeds = flow.deeds(row)
        for number, made in enumerate(widget.buttons):
            is_working = flow.working == row.entry_id and number == 0
            made.setVisible(number < len(deeds) or is_working)
            made.setEnabled(not is_working)
            said = words.WORKING() if is_working else _DEEDS[deeds[number]]() if number < len(deeds) else None
            if said is not None and is_chosen and not is_working:
                said = words.NUMBERED(number=str(number + 1), words=said)
            made.setText("" if said is None else said.said_in(language))
        widget.arrange()

    def _pressed(self, place: int, number: int) -> None:
        if self._flow is None:
            return
        a_page = self._rows_a_page()
        row = self._flow.rows[self._flow.place // a_page * a_page + place]
        deeds = self._flow.deeds(row)
        if number < len(deeds):
            self.pressed.emit(row.entry_id, deeds[number])
