"""Finding a charge: what is typed narrows the list, newest first. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

MAX_TYPED: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One charge of this terminal. `number` is PAY… or the offline number; `state` is a key of `HISTORY_STATES`."""

    entry_id: str
    at: datetime
    number: str
    last4: str
    payable: int
    state: str
    can_reprint: bool


class HistoryFlow:
    """The list and what was typed to find something in it."""

    def __init__(self) -> None:
        self._rows: tuple[HistoryRow, ...] | None = None
        self.typed = ""

    def begin(self) -> None:
        """Start with everything; what is known is old until `set_rows`."""
        self._rows = None
        self.typed = ""

    @property
    def is_loaded(self) -> bool:
        """Whether the charges are known: before that, no row says nothing."""
        return self._rows is not None

    def set_rows(self, rows: tuple[HistoryRow, ...]) -> None:
        """The charges, newest first."""
        self._rows = rows

    def press(self, key: str) -> None:
        """A digit, `.`, `back` or `clear`."""
        if key == "back":
            self.typed = self.typed[:-1]
        elif key == "clear":
            self.typed = ""
        elif (key.isdecimal() or key == ".") and len(self.typed) + len(key) <= MAX_TYPED:
            self.typed += key

    @property
    def found(self) -> tuple[HistoryRow, ...]:
        """The rows in whose number, amount or card's last four the typed stands."""
        rows = self._rows or ()
        if not self.typed:
            return rows
        digits = self.typed.replace(".", "")
        return tuple(
            row
            for row in rows
            if digits and (digits in row.number or digits == row.last4 or str(row.payable).startswith(digits))
        )
