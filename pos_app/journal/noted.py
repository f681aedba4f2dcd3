"""What a manager has noted as done: it leaves the list of what waits for a person, and nothing else. In a transaction."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pos_app.journal.tables import noted_matters
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire
from shared.journal_entries import Status


@dataclass(frozen=True, slots=True)
class Noted:
    """Who noted it, and when."""

    staff: str
    at: datetime


def note(tx: Transaction, seq: int, status: Status, staff: str, at: datetime) -> bool:
    """An entry's matter is done with, as it stands now; False if somebody noted it before."""
    if (seq, status) in noted(tx):
        return False
    values = {"seq": seq, "status": status.value, "staff": staff, "noted_at": to_wire(at)}
    tx.execute(noted_matters.insert().values(values))
    return True


def noted(tx: Transaction) -> dict[tuple[int, Status], Noted]:
    """Everything that was noted. An entry whose status has changed since is another matter."""
    rows = tx.execute(sa.select(noted_matters)).mappings()
    return {
        (row["seq"], Status(row["status"])): Noted(row["staff"], from_wire(row["noted_at"])) for row in rows
    }
