"""The history between the journal in the background and a table model."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import rooms as words
from pos_app.appearance.translations.window import WORK_FAILED
from pos_app.background.qt import QtBackground
from pos_app.features.history.flow import HistoryFlow, HistoryRow
from shared.money import format_amount
from shared.problems import Language

_HEADS: Final = (
    words.HISTORY_AT,
    words.HISTORY_NUMBER,
    words.HISTORY_CARD,
    words.HISTORY_AMOUNT,
    words.HISTORY_STATE,
)
_AMOUNT_COLUMN: Final = 3
AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()


class HistoryModel(QAbstractTableModel):
    """The rows found; the view asks for those on the screen only."""

    def __init__(self, zone: tzinfo, exponent: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._zone, self._exponent = zone, exponent
        self._rows: tuple[HistoryRow, ...] = ()
        self._language: Language = "zh_TW"

    def show_rows(self, rows: tuple[HistoryRow, ...]) -> None:
        """Other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def set_language(self, language: Language) -> None:
        """Say heads and states in another language."""
        self.beginResetModel()
        self._language = language
        self.endResetModel()

    def row_at(self, place: int) -> HistoryRow | None:
        """The charge in a row."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:  # noqa: N802
        """Qt's question."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = _NO_PARENT) -> int:  # noqa: N802
        """Qt's question."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Qt's question."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]().said_in(self._language)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt's question."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        row = self._rows[index.row()]
        state = words.HISTORY_STATES[row.state]()
        texts = (
            row.at.astimezone(self._zone).strftime("%m-%d %H:%M"),
            row.number,
            f"****{row.last4}",
            format_amount(row.payable, self._exponent),
            state.said_in(self._language),
        )
        return texts[index.column()]

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == _AMOUNT_COLUMN else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWork:
    """The use cases behind the screen; both block. `reprint` queues the paper and answers the copy's number, or None."""

    rows: Callable[[], tuple[HistoryRow, ...]]
    reprint: Callable[[str], int | None]


class HistoryPresenter(QObject):
    """Owns flow and model. `found_changed` tells what was typed and how many were found, None until that is known."""

    found_changed = Signal(str, object)
    remarked = Signal(object)

    def __init__(
        self,
        work: HistoryWork,
        background: QtBackground,
        zone: tzinfo,
        exponent: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._background = background
        self._flow = HistoryFlow()
        self.model = HistoryModel(zone, exponent, self)

    def begin(self) -> None:
        """Read the journal, and start with everything."""
        self._flow.begin()
        self._show()
        self.refresh()

    def refresh(self) -> None:
        """Read the journal again."""
        self._background.run("history", self._work.rows, self._read, self._failed)

    def press(self, key: str) -> None:
        """Type to find."""
        self._flow.press(key)
        self._show()

    def reprint(self, place: int) -> None:
        """Print a row's receipt again."""
        if not self._flow.is_loaded:
            return
        row = self.model.row_at(place)
        if row is None or not row.can_reprint:
            self.remarked.emit(None)
            return
        self._background.run("reprint", lambda: self._work.reprint(row.entry_id), self._sent, self._failed)

    def _sent(self, copy: int | None) -> None:
        self.remarked.emit(copy)

    def _read(self, rows: tuple[HistoryRow, ...]) -> None:
        self._flow.set_rows(rows)
        self._show()

    def _failed(self, error: Exception) -> None:
        phrase: Phrase = WORK_FAILED()
        self.remarked.emit(phrase)

    def _show(self) -> None:
        found = self._flow.found
        self.model.show_rows(found)
        self.found_changed.emit(self._flow.typed, len(found) if self._flow.is_loaded else None)
