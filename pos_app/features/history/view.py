"""The list of charges: a table that draws only what is on the screen, and one key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import rooms as words
from pos_app.appearance.translations import window as window_words
from pos_app.appearance.type import font
from pos_app.appearance.widgets import button, frame, label
from pos_app.features.history.presenter import HistoryModel
from shared.problems import Language

_ROW_HEIGHT = 52
_WIDTHS = {0: 152, 1: 208, 2: 124, 3: 166}


class HistoryView(QWidget):
    """Shows the model."""

    reprint_pressed = Signal(int)

    def __init__(self, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_view")
        self._model = model
        panel = frame(self, "history_panel", "plain")
        self.title = label(panel, "history_title", 32, bold=True)
        self.search = label(panel, "history_find", 24)
        self.table = QTableView(panel)
        self.table.setObjectName("history_table")
        self.table.setModel(model)
        self.table.setFont(font(22))
        self.table.horizontalHeader().setFont(font(px.SMALLEST_TEXT, bold=True))
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for section, width in _WIDTHS.items():
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(section, width)
        header.setSectionsClickable(False)
        header.setMinimumHeight(40)
        self.empty = label(panel, "history_empty", px.DETAIL, wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.remark = label(panel, "history_remark", 22, bold=True)
        self.action = button(panel, "history_reprint", 26, role="action")
        self.action.setFixedSize(320, 72)
        self.action.clicked.connect(self.press_action)
        top = QHBoxLayout()
        top.addWidget(self.title)
        top.addStretch(1)
        top.addWidget(self.search)
        foot = QHBoxLayout()
        foot.addWidget(self.remark, 1)
        foot.addWidget(self.action)
        column = QVBoxLayout(panel)
        column.setContentsMargins(24, 12, 24, 16)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(panel)
        self._language: Language = "zh_TW"
        self._typed = ""
        self._count: int | None = None
        self._remark: Phrase | None = None
        self._draw()

    def show_found(self, typed: str, count: int | None) -> None:
        """What was typed, and how many were found; None while the journal is being read."""
        self._typed, self._count = typed, count
        self._remark = None
        if count:
            self.table.selectRow(0)
        self._draw()

    def show_remark(self, copy: object) -> None:
        """A copy's number (1: the first paper tried again), nothing to print (None), or a sentence."""
        if isinstance(copy, int):
            sent = window_words.REPRINT_SENT(number=str(copy))
            self._remark = sent if copy > 1 else window_words.REPRINT_RETRIED()
        else:
            self._remark = copy if isinstance(copy, Phrase) else window_words.REPRINT_NOTHING()
        self._draw()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._model.set_language(language)
        if self._count:
            self.table.selectRow(0)
        self._draw()

    def move_selection(self, step: int) -> None:
        """↑ or ↓."""
        place = self.table.currentIndex().row() + step
        if 0 <= place < self._model.rowCount():
            self.table.selectRow(place)

    def press_action(self) -> None:
        """Enter."""
        self.reprint_pressed.emit(self.table.currentIndex().row())

    def _draw(self) -> None:
        language = self._language
        self.title.setText(words.HISTORY_TITLE().said_in(language))
        find = words.HISTORY_FIND(typed=self._typed) if self._typed else words.HISTORY_FIND_HINT()
        self.search.setText(find.said_in(language))
        # A reading that failed has its remark, and nothing is on its way any more.
        has_failed = self._count is None and self._remark is not None
        self.empty.setText("" if has_failed else self._said_instead().said_in(language))
        self.empty.setVisible(not self._count)
        self.table.setVisible(bool(self._count))
        self.action.setEnabled(bool(self._count))
        self.action.setText(words.HISTORY_REPRINT().said_in(language))
        self.remark.setText("" if self._remark is None else self._remark.said_in(language))

    def _said_instead(self) -> Phrase:
        """What stands where the rows would."""
        if self._count is None:
            return window_words.ONE_MOMENT()
        return words.HISTORY_NONE(typed=self._typed) if self._typed else words.HISTORY_EMPTY()
