"""待處理 between the journal in the background and its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import inbox as words
from pos_app.appearance.translations.window import WORK_FAILED
from pos_app.background.qt import QtBackground
from pos_app.features.inbox.flow import Deed, InboxFlow, InboxRow
from pos_app.features.inbox.manager_pin import Manager


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxWork:
    """The use cases behind the screen; all block. `give_up`, `print_slip` and `note` (by a staff id) answer what is to be
    said of it; `check_manager` None for a right PIN, else what to say."""

    rows: Callable[[], tuple[InboxRow, ...]]
    give_up: Callable[[str], Phrase]
    print_slip: Callable[[InboxRow], Phrase]
    check_manager: Callable[[str, str], Phrase | None]
    note: Callable[[InboxRow, str], Phrase]


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

    def set_managers(self, managers: Sequence[Manager]) -> None:
        """Whose PINs note a matter as done."""
        self.flow.pin.set_managers(managers)
        self._show()

    def press(self, key: str) -> None:
        """A digit: of the PIN, else the number of one of the chosen row's buttons."""
        flow = self.flow
        if flow.noting is not None:
            flow.pin.press(key)
            self._show()
        elif key in ("1", "2") and flow.chosen is not None:
            row = flow.choose(flow.chosen)
            deeds = () if row is None else flow.deeds(row)
            if row is not None and int(key) <= len(deeds):
                self.do(row.entry_id, deeds[int(key) - 1])

    def move(self, step: int) -> None:
        """↑ or ↓: another row, or another manager."""
        if self.flow.noting is not None:
            self.flow.pin.move(step)
        else:
            self.flow.move(step)
        self._show()

    def enter(self) -> None:
        """Enter confirms what was asked, and nothing else."""
        if self.flow.noting is not None:
            self._check_pin()
        elif self.flow.sure is not None:
            self._give_up()

    def back(self) -> bool:
        """Esc: whether it was used here."""
        if self.flow.noting is not None:
            if not self.flow.pin.is_checking:
                self.flow.leave_pin()
                self.remarked.emit(words.NOTE_CANCELLED())
        elif self.flow.sure is not None:
            self.flow.keep()
        else:
            return False
        self._show()
        return True

    def leave(self) -> None:
        """The screen is locked or left: what was being asked is asked no more."""
        self.flow.keep()
        self.flow.leave_pin()
        self._show()

    def digits_scanned(self, _count: int) -> None:
        """A barcode was scanned where keys do things."""
        self.flow.keep()
        self.flow.pin.scanned()
        self._show()

    def do(self, entry_id: str, deed: Deed) -> None:
        """A row's button."""
        match deed:
            case Deed.GIVE_UP:
                self.flow.ask(entry_id)
            case Deed.SURE:
                self._give_up()
            case Deed.KEEP:
                self.flow.keep()
            case Deed.NOTE:
                self.flow.note(entry_id)
            case Deed.SLIP:
                self._print(entry_id)
        self._show()

    def _give_up(self) -> None:
        entry_id = self.flow.confirm()
        self._show()
        if entry_id is not None:
            self._background.run("give up", lambda: self._work.give_up(entry_id), self._done, self._failed)

    def _print(self, entry_id: str) -> None:
        row = self.flow.choose(entry_id)
        if row is not None:
            self._background.run(
                "print a matter", lambda: self._work.print_slip(row), self.remarked.emit, self._failed
            )

    def _check_pin(self) -> None:
        check, row = self.flow.pin.confirm(), self.flow.noting
        self._show()
        if check is None or row is None:
            return

        def note() -> tuple[Phrase | None, Phrase | None]:
            refused = self._work.check_manager(check.staff_id, check.pin)
            return (refused, None) if refused is not None else (None, self._work.note(row, check.staff_id))

        self._background.run("note a matter", note, self._noted, self._failed)

    def _noted(self, answer: tuple[Phrase | None, Phrase | None]) -> None:
        refused, said = answer
        if refused is not None:
            self.flow.pin.refused(refused)
            self._show()
        elif said is not None:
            self.flow.leave_pin()
            self._done(said)

    def _done(self, phrase: Phrase) -> None:
        self.flow.answered()
        self.remarked.emit(phrase)
        self._show()
        self.refresh()

    def _read(self, rows: tuple[InboxRow, ...]) -> None:
        self.flow.set_rows(rows)
        self._show()
        self.counted.emit(self.flow.needs_person)

    def _failed(self, error: Exception) -> None:
        self.flow.answered()
        if self.flow.noting is not None:
            self.flow.pin.refused(WORK_FAILED())
        self.remarked.emit(WORK_FAILED())
        self._show()

    def _show(self) -> None:
        self.changed.emit(self.flow)
