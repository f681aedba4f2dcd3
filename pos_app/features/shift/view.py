"""The shift: what it stands at, in a table of figures, and its two or three keys."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos_app.appearance.translations import rooms as words
from pos_app.appearance.translations import window as window_words
from pos_app.appearance.translations.text import Text
from pos_app.appearance.widgets import button, frame, label
from pos_app.features.shift.flow import ShiftScreen, Stage
from pos_app.receipts.content import ShiftTotals, Tally
from shared.money import format_amount
from shared.problems import Language

_ROWS: tuple[tuple[Text, str, bool], ...] = (
    (words.SHIFT_CHARGED, "charged", True),
    (words.SHIFT_CONFIRMED, "confirmed", False),
    (words.SHIFT_PENDING, "pending", False),
    (words.SHIFT_REVERSED, "reversed", True),
    (words.SHIFT_REFUNDED, "refunded", True),
    (words.SHIFT_REFUND_REQUESTED, "refund_requested", False),
    (words.SHIFT_IN_DOUBT, "in_doubt", True),
)
_TAKEN_OFF = frozenset({"reversed", "refunded"})


class ShiftView(QWidget):
    """Draws a `ShiftScreen`."""

    action_pressed = Signal()
    key_pressed = Signal(str)
    back_pressed = Signal()

    def __init__(self, time_zone: tzinfo, exponent: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shift_view")
        self._zone, self._exponent = time_zone, exponent
        panel = frame(self, "shift_panel", "plain")
        self.title = label(panel, "shift_title", 40, bold=True)
        self.body = label(panel, "shift_body", 32, wrap=True)
        self.figures = QWidget(panel)
        self.figures.setProperty("role", "plain")
        grid = QGridLayout(self.figures)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        self._cells = [
            [self._cell(row, column, grid) for column in range(3)] for row in range(len(_ROWS) + 2)
        ]
        self.remark = label(panel, "shift_remark", 22, bold=True, wrap=True)
        self.action = button(panel, "shift_action", 28, role="action")
        self.first = button(panel, "shift_x", 28)
        self.second = button(panel, "shift_close", 28)
        self.back = button(panel, "shift_back", 28)
        keys = QHBoxLayout()
        keys.setSpacing(16)
        for made in (self.action, self.first, self.second, self.back):
            made.setFixedHeight(88)
            keys.addWidget(made)
        self.action.clicked.connect(self.action_pressed)
        self.first.clicked.connect(lambda: self.key_pressed.emit("1"))
        self.second.clicked.connect(lambda: self.key_pressed.emit("2"))
        self.back.clicked.connect(self.back_pressed)
        column = QVBoxLayout(panel)
        column.setContentsMargins(32, 16, 32, 20)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.body)
        column.addWidget(self.figures)
        column.addStretch(1)
        column.addWidget(self.remark)
        column.addLayout(keys)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(panel)
        self._screen: ShiftScreen | None = None
        self._language: Language = "zh_TW"

    def _cell(self, row: int, column: int, grid: QGridLayout) -> QLabel:
        is_bold = row == len(_ROWS) + 1 or (0 < row <= len(_ROWS) and _ROWS[row - 1][2])
        pixels = 18 if row == 0 else 32 if row == len(_ROWS) + 1 else 22
        made = label(self.figures, f"shift_{row}_{column}", pixels, bold=is_bold)
        if row == 0:
            made.setProperty("tone", "secondary")
        if column:
            made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            made.setMinimumWidth(120 if column == 1 else 220)
        grid.addWidget(made, row, column)
        return made

    def show_screen(self, screen: ShiftScreen) -> None:
        """Draw a moment."""
        self._screen = screen
        self._draw()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def _draw(self) -> None:
        screen, language = self._screen, self._language
        self.first.setText(words.SHIFT_X().said_in(language))
        self.second.setText(words.SHIFT_CLOSE().said_in(language))
        self.back.setText(words.SHIFT_BACK().said_in(language))
        if screen is None:
            return
        is_open = screen.figures.shift is not None and screen.figures.totals is not None
        sure = screen.stage in {Stage.SURE, Stage.CLOSING}
        self.first.setVisible(is_open and not sure)
        self.second.setVisible(is_open and not sure)
        self.back.setVisible(sure)
        is_loading = screen.stage is Stage.LOADING
        self.action.setVisible(sure or not (is_open or is_loading))
        self.action.setEnabled(screen.stage in {Stage.SURE, Stage.NOT_OPEN})
        action = words.SHIFT_CLOSE_SURE if sure else words.SHIFT_OPEN_GO
        self.action.setText(action().said_in(language))
        remark = screen.remark
        self.remark.setText("" if remark is None else remark.said_in(language))
        self.figures.setVisible(is_open)
        self.body.setVisible(not is_open)
        self._draw_words(screen)
        if screen.figures.totals is not None:
            self._draw_totals(screen.figures.totals)

    def _draw_words(self, screen: ShiftScreen) -> None:
        shift, language = screen.figures.shift, self._language
        if shift is not None:
            since = shift.since.astimezone(self._zone).strftime("%H:%M")
            self.title.setText(words.SHIFT_TITLE(shift=shift.number, since=since).said_in(language))
            return
        if screen.stage is Stage.LOADING:
            self.title.setText(words.SHIFT_ROOM().said_in(language))
            # A reading that failed has its remark, and nothing is on its way any more.
            moment = window_words.ONE_MOMENT().said_in(language)
            self.body.setText(moment if screen.remark is None else "")
            return
        self.title.setText(words.SHIFT_OPEN_TITLE().said_in(language))
        lines = [words.SHIFT_OPEN_WHO(name=screen.who)]
        waiting, doubtful = screen.figures.waiting, screen.figures.in_doubt
        lines.append(words.SHIFT_LEFTOVERS(waiting=str(waiting)) if waiting else words.SHIFT_NO_LEFTOVERS())
        if doubtful:
            lines.append(words.SHIFT_DOUBTFUL(count=str(doubtful)))
        self.body.setText("\n".join(line.said_in(language) for line in lines))

    def _draw_totals(self, totals: ShiftTotals) -> None:
        language = self._language
        self._fill(
            0, "", words.SHIFT_COUNT_HEAD().said_in(language), words.SHIFT_AMOUNT_HEAD().said_in(language)
        )
        for row, (text, name, _) in enumerate(_ROWS, start=1):
            tally: Tally = getattr(totals, name)
            amount = -tally.amount if name in _TAKEN_OFF else tally.amount
            self._fill(
                row, text().said_in(language), f"{tally.count:,}", format_amount(amount, self._exponent)
            )
        net = format_amount(totals.net, self._exponent)
        self._fill(len(_ROWS) + 1, words.SHIFT_NET().said_in(language), "", net)

    def _fill(self, row: int, *texts: str) -> None:
        for made, text in zip(self._cells[row], texts, strict=True):
            made.setText(text)
