"""The shifts' rows. Inside a transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pos_app.journal.tables import shifts
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A cashier's shift on this terminal; `shift` is its number, such as 0231."""

    shift: str
    cashier: str
    opened_at: datetime
    closed_at: datetime | None = None


def next_number(tx: Transaction) -> str:
    """The number of the next shift: this terminal's first is 0001."""
    count: int = tx.execute(sa.select(sa.func.count()).select_from(shifts)).scalar_one()
    return f"{count + 1:04d}"


def insert(tx: Transaction, shift: Shift) -> None:
    """An open shift; a constraint allows one at a time."""
    opened = to_wire(shift.opened_at)
    tx.execute(shifts.insert().values(shift=shift.shift, cashier=shift.cashier, opened_at=opened))


def close(tx: Transaction, shift: str, at: datetime) -> None:
    """Close it."""
    tx.execute(shifts.update().where(shifts.c.shift == shift).values(closed_at=to_wire(at)))


def current(tx: Transaction) -> Shift | None:
    """The open shift."""
    row = tx.execute(sa.select(shifts).where(shifts.c.closed_at.is_(None))).mappings().first()
    return _shift(row) if row else None


def by_number(tx: Transaction, shift: str) -> Shift | None:
    """A shift, open or closed."""
    row = tx.execute(sa.select(shifts).where(shifts.c.shift == shift)).mappings().first()
    return _shift(row) if row else None


def _shift(row: sa.RowMapping) -> Shift:
    closed = row["closed_at"]
    return Shift(
        shift=row["shift"],
        cashier=row["cashier"],
        opened_at=from_wire(row["opened_at"]),
        closed_at=from_wire(closed) if closed else None,
    )
