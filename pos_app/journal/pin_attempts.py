"""Wrong PINs in a row, kept over a restart. Inside a transaction."""

from datetime import datetime

import sqlalchemy as sa

from pos_app.journal.tables import pin_attempts
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire


def wrong_in_a_row(tx: Transaction, staff: str) -> tuple[int, datetime | None]:
    """How many, and when the last one was."""
    row = tx.execute(sa.select(pin_attempts).where(pin_attempts.c.staff == staff)).mappings().first()
    return (row["wrong"], from_wire(row["last_wrong_at"])) if row else (0, None)


def note_wrong(tx: Transaction, staff: str, at: datetime) -> int:
    """One more; how many it makes."""
    wrong = wrong_in_a_row(tx, staff)[0] + 1
    forget(tx, staff)
    tx.execute(pin_attempts.insert().values(staff=staff, wrong=wrong, last_wrong_at=to_wire(at)))
    return wrong


def forget(tx: Transaction, staff: str) -> None:
    """After a right one."""
    tx.execute(pin_attempts.delete().where(pin_attempts.c.staff == staff))
