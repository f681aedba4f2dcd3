"""待處理 between the journal in the background and its rows."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations.window import WORK_FAILED
from pos_app.background.qt import QtBackground
from pos_app.features.inbox.flow import InboxFlow, InboxRow


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxWork:
    """The use cases behind the screen; both block. `give_up` answers what is to be said of it."""

    rows: Callable[[], tuple[InboxRow, ...]]
    give_up: Callable[[str], Phrase]


class InboxPresenter(QObject):
    """Owns the flow."""

    changed = Signal(object)
    remarked = Signal(object)
    counted = Signal(int)

    def __init__(self, work: InboxWork, background: QtBackground, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._background = background
        self.flow = InboxFlow()

    def refresh(self) -> None:
        """Read the journal again."""
        self._background.run("inbox", self._work.rows, self._read, self._failed)

    def ask(self, entry_id: str) -> None:
        """放棄."""
        self.flow.ask(entry_id)
        self.changed.emit(self.flow)

    def keep(self) -> None:
        """繼續等."""
        self.flow.keep()
        self.changed.emit(self.flow)

    def confirm(self) -> None:
        """確定放棄."""
        entry_id = self.flow.confirm()
        self.changed.emit(self.flow)
        if entry_id is not None:
            self._background.run("give up", lambda: self._work.give_up(entry_id), self._gave_up, self._failed)

    def _gave_up(self, phrase: Phrase) -> None:
        self.flow.answered()
        self.remarked.emit(phrase)
        self.refresh()

    def _read(self, rows: tuple[InboxRow, ...]) -> None:
        self.flow.set_rows(rows)
        self.changed.emit(self.flow)
        self.counted.emit(len(rows))

    def _failed(self, error: Exception) -> None:
        self.flow.answered()
        self.remarked.emit(WORK_FAILED())
