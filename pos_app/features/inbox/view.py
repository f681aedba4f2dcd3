"""The rows of 待處理, a page at a time: no more widgets than fit the screen, however many rows there are."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.translations import Phrase, errors
from pos_app.appearance.translations import rooms as words
from pos_app.appearance.translations import window as window_words
from pos_app.appearance.widgets import button, frame, label
from pos_app.features.inbox.flow import InboxFlow, InboxRow, Meaning
from shared.money import format_amount
from shared.problems import Language

_ROW = 100
_BUTTON = 168
_MEANINGS = {
    Meaning.IN_DOUBT: words.INBOX_IN_DOUBT,
    Meaning.OVERDUE: words.INBOX_OVERDUE,
    Meaning.WAITING: words.INBOX_WAITING,
    Meaning.REVERSAL_WAITING: words.INBOX_REVERSAL_WAITING,
}


class _Row(QFrame):
    """One row's widgets."""

    def __init__(self, parent: QWidget, place: int) -> None:
        super().__init__(parent)
        self.setObjectName(f"inbox_row_{place}")
        self.setProperty("role", "plain")
        self.head: QLabel = label(self, f"inbox_head_{place}", 24, bold=True)
        self.meaning: QLabel = label(self, f"inbox_meaning_{place}", px.BODY, wrap=True)
        self.first: QPushButton = button(self, f"inbox_first_{place}", 22)
        self.second: QPushButton = button(self, f"inbox_second_{place}", 22)

    def arrange(self) -> None:
        """Text left, buttons right."""
        right = self.width() - 12
        for made in (self.second, self.first):
            if not made.isHidden():
                made.setGeometry(right - _BUTTON, 14, _BUTTON, _ROW - 36)
                right -= _BUTTON + 12
        self.head.setGeometry(16, 4, right - 28, px.label_height(24))
        self.meaning.setGeometry(16, 36, right - 28, _ROW - 48)


class InboxView(QWidget):
    """Draws an `InboxFlow`."""

    asked = Signal(str)
    kept = Signal()
    confirmed = Signal()

    def __init__(self, zone: tzinfo, exponent: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inbox_view")
        self._zone, self._exponent = zone, exponent
        self.panel = frame(self, "inbox_panel", "plain")
        self.title = label(self.panel, "inbox_title", 32, bold=True)
        self.empty = label(self.panel, "inbox_empty", px.DETAIL)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.remark = label(self.panel, "inbox_remark", 22, bold=True)
        self.pager = button(self.panel, "inbox_pager", 22)
        self.pager.clicked.connect(lambda: self.move_page(1))
        self._rows: list[_Row] = []
        self._page = 0
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

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def move_page(self, step: int) -> None:
        """The next page, and after the last the first."""
        if self._flow is not None and self._flow.rows:
            pages = -(-len(self._flow.rows) // self._rows_a_page())
            self._page = (self._page + step) % pages
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the room."""
        self.panel.setGeometry(16, 16, self.width() - 32, self.height() - 32)
        self._draw()

    def _rows_a_page(self) -> int:
        return max(1, (self.panel.height() - 150) // (_ROW + 8))

    def _draw(self) -> None:
        language, width, height = self._language, self.panel.width(), self.panel.height()
        self.title.setText(words.INBOX_TITLE().said_in(language))
        self.title.setGeometry(24, 12, width - 48, px.label_height(32))
        is_loaded = self._flow is not None and self._flow.is_loaded
        empty = words.INBOX_EMPTY() if is_loaded else window_words.ONE_MOMENT()
        self.empty.setText(empty.said_in(language))
        self.empty.setGeometry(24, height // 2 - 40, width - 48, px.label_height(px.DETAIL))
        self.remark.setText("" if self._remark is None else self._remark.said_in(language))
        self.remark.setGeometry(24, height - 64, width - 260, px.label_height(22))
        flow = self._flow
        if flow is None:
            return
        a_page = self._rows_a_page()
        pages = max(1, -(-len(flow.rows) // a_page))
        self._page = min(self._page, pages - 1)
        self.pager.setText(f"{self._page + 1} / {pages}  ▶")
        self.pager.setGeometry(width - 224, height - 72, 200, 56)
        self.pager.setVisible(pages > 1)
        self.empty.setVisible(not flow.rows)
        shown = flow.rows[self._page * a_page : (self._page + 1) * a_page]
        while len(self._rows) < len(shown):
            self._rows.append(self._new_row(len(self._rows)))
        for place, widget in enumerate(self._rows):
            widget.setVisible(place < len(shown))
            if place < len(shown):
                widget.setGeometry(24, 66 + place * (_ROW + 8), width - 48, _ROW)
                self._fill(widget, shown[place], flow)

    def _new_row(self, place: int) -> _Row:
        made = _Row(self.panel, place)
        made.first.clicked.connect(lambda: self._first_pressed(place))
        made.second.clicked.connect(lambda: self._second_pressed(place))
        return made

    def _fill(self, widget: _Row, row: InboxRow, flow: InboxFlow) -> None:
        language = self._language
        at = row.at.astimezone(self._zone).strftime("%m-%d %H:%M")
        head = words.INBOX_ROW_HEAD(amount=format_amount(row.amount, self._exponent), at=at, last4=row.last4)
        widget.head.setText(head.said_in(language))
        widget.meaning.setText(_meaning(row).said_in(language))
        is_sure, is_working = flow.sure == row.entry_id, flow.working == row.entry_id
        in_doubt = row.meaning is Meaning.IN_DOUBT
        widget.first.setVisible(is_sure)
        widget.second.setVisible(in_doubt)
        widget.first.setText(words.INBOX_GIVE_UP_SURE().said_in(language))
        second = words.INBOX_KEEP if is_sure else words.INBOX_WORKING if is_working else words.INBOX_GIVE_UP
        widget.second.setText(second().said_in(language))
        widget.second.setEnabled(not is_working)
        widget.arrange()

    def _first_pressed(self, place: int) -> None:
        self.confirmed.emit()

    def _second_pressed(self, place: int) -> None:
        if self._flow is None:
            return
        row = self._flow.rows[self._page * self._rows_a_page() + place]
        if self._flow.sure == row.entry_id:
            self.kept.emit()
        else:
            self.asked.emit(row.entry_id)


def _meaning(row: InboxRow) -> Phrase:
    if row.meaning is Meaning.REJECTED:
        known = (
            errors.REASON_OTHER if row.reason is None else errors.REASONS.get(row.reason, errors.REASON_OTHER)
        )
        return words.INBOX_REJECTED(reason=known())
    return _MEANINGS[row.meaning]()
