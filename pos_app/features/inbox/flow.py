"""What waits for a person or for the line: one meaning a row, and only the buttons that work now (design.md 3). Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shared.problems import Code


class Meaning(Enum):
    """The one thing a row means."""

    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    OVERDUE = "overdue"
    WAITING = "waiting"
    REVERSAL_WAITING = "reversal_waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """One row of 待處理; amounts in minor units. `reason` where the hub refused."""

    entry_id: str
    at: datetime
    amount: int
    last4: str
    meaning: Meaning
    reason: Code | None = None


class InboxFlow:
    """The rows, and the one that a person is about to give up."""

    def __init__(self) -> None:
        self.rows: tuple[InboxRow, ...] = ()
        self.is_loaded = False
        self.sure: str | None = None
        self.working: str | None = None

    def set_rows(self, rows: tuple[InboxRow, ...]) -> None:
        """Those that need a person first, then the rest, oldest first."""
        self.is_loaded = True
        order = list(Meaning)
        self.rows = tuple(sorted(rows, key=lambda row: (order.index(row.meaning), row.at)))
        ids = {row.entry_id for row in self.rows}
        self.sure = self.sure if self.sure in ids else None
        self.working = self.working if self.working in ids else None

    def ask(self, entry_id: str) -> None:
        """放棄 was pressed once: ask again in place."""
        if self.working is None and self._is_in_doubt(entry_id):
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

    def answered(self) -> None:
        """The desk is done with it."""
        self.working = None

    def _is_in_doubt(self, entry_id: str) -> bool:
        return any(row.entry_id == entry_id and row.meaning is Meaning.IN_DOUBT for row in self.rows)
