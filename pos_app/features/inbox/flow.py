"""What waits for a person or for the line: one meaning a row, and only the buttons that work now (design.md 3). Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from pos_app.features.inbox.manager_pin import ManagerPin
from shared.journal_entries import Status
from shared.problems import Code


class Meaning(Enum):
    """The one thing a row means, what needs a person first; DIFFERENT: a restored hub said otherwise than before."""

    IN_DOUBT = "in_doubt"
    DIFFERENT = "different"
    REJECTED = "rejected"
    CONTRADICTED = "contradicted"
    REVERSAL_REFUSED = "reversal_refused"
    RECORD_REFUSED = "record_refused"
    HELD = "held"
    OVERDUE = "overdue"
    WAITING = "waiting"
    REVERSAL_WAITING = "reversal_waiting"


class Deed(Enum):
    """What a row's button does."""

    GIVE_UP = "give_up"
    SURE = "sure"
    KEEP = "keep"
    SLIP = "slip"
    NOTE = "note"


FINAL: Final = frozenset(
    {
        Meaning.DIFFERENT,
        Meaning.REJECTED,
        Meaning.CONTRADICTED,
        Meaning.REVERSAL_REFUSED,
        Meaning.RECORD_REFUSED,
    }
)
"""Nothing will change these by itself: they stay until a manager has noted them."""
BY_ITSELF: Final = frozenset({Meaning.WAITING, Meaning.REVERSAL_WAITING})
"""These need the line, and nobody's hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One row of 待處理; amounts in minor units.

    Attributes:
        entry_id: the charge's id, or the entry's where it is about no charge.
        amount, last4: None where no money is in it (a shift's record).
        seq, status: the entry that is in question and its last answer; what a manager notes.
        reason: why the hub refused.
    """

    entry_id: str
    at: datetime
    amount: int | None
    last4: str | None
    meaning: Meaning
    reason: Code | None = None
    seq: int = 0
    status: Status | None = None


class InboxFlow:
    """The rows, the one that is chosen, and what a person is about to do with it."""

    def __init__(self) -> None:
        self.rows: tuple[InboxRow, ...] = ()
        self.is_loaded = False
        self.chosen: str | None = None
        self.sure: str | None = None
        self.working: str | None = None
        self.noting: InboxRow | None = None
        self.pin = ManagerPin()

    @property
    def needs_person(self) -> int:
        """How many rows wait for somebody's hand."""
        return sum(row.meaning not in BY_ITSELF for row in self.rows)

    @property
    def place(self) -> int:
        """Where the chosen row stands; 0 where none is."""
        return next((n for n, row in enumerate(self.rows) if row.entry_id == self.chosen), 0)

    def set_rows(self, rows: tuple[InboxRow, ...]) -> None:
        """Those that need a person first, then the rest, oldest first."""
        self.is_loaded = True
        order = list(Meaning)
        place = self.place
        self.rows = tuple(sorted(rows, key=lambda row: (order.index(row.meaning), row.at)))
        ids = [row.entry_id for row in self.rows]
        self.sure = self.sure if self.sure in ids else None
        self.working = self.working if self.working in ids else None
        if self.chosen not in ids:
            self.chosen = ids[min(place, len(ids) - 1)] if ids else None

    def deeds(self, row: InboxRow) -> tuple[Deed, ...]:
        """The row's buttons, at most two."""
        if self.working == row.entry_id:
            return ()
        if self.sure == row.entry_id:
            return (Deed.SURE, Deed.KEEP)
        if row.meaning is Meaning.IN_DOUBT:
            return (Deed.GIVE_UP,)
        if row.meaning in FINAL:
            return (Deed.SLIP, Deed.NOTE)
        return () if row.meaning in BY_ITSELF else (Deed.SLIP,)

    def move(self, step: int) -> None:
        """↑ or ↓: the row above or below."""
        if self.rows and self.noting is None:
            self.sure = None
            self.chosen = self.rows[(self.place + step) % len(self.rows)].entry_id

    def choose(self, entry_id: str) -> InboxRow | None:
        """The row that is meant; None if it has gone meanwhile."""
        found = next((row for row in self.rows if row.entry_id == entry_id), None)
        if found is not None:
            self.chosen = entry_id
        return found

    def ask(self, entry_id: str) -> None:
        """放棄 was pressed once: ask again in place."""
        row = self.choose(entry_id)
        if self.working is None and row is not None and row.meaning is Meaning.IN_DOUBT:
            self.sure = entry_id

    def keep(self) -> None:
        """繼續等."""
        self.sure = None

    def confirm(self) -> str | None:
        """The entry to give up now, if one was asked about."""
        if self.sure is None or self.working is not None:
            return None
        self.working, self.sure = self.sure, None
        return self.working

    def note(self, entry_id: str) -> None:
        """店長已處理: a manager's PIN is asked for."""
        row = self.choose(entry_id)
        if row is not None and Deed.NOTE in self.deeds(row):
            self.noting = row
            self.pin.begin()

    def leave_pin(self) -> None:
        """Esc beside the PIN: nothing was noted."""
        self.noting = None
        self.pin.begin()

    def answered(self) -> None:
        """The work is done with, one way or the other."""
        self.working = None
