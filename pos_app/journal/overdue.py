"""Money entries that the hub has not answered for too long: what a person should be told of. Inside a transaction."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from pos_app.journal.tables import entries, unsigned_answers, waiting_entries
from pos_app.journal.waiting import SetAside
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire
from shared.journal_entries import EntryType, Status

_MONEY: Final = [
    kind.value for kind in (EntryType.CHARGE, EntryType.ADVICE, EntryType.REVERSAL, EntryType.REFUND)
]


def unanswered_since(tx: Transaction, before: datetime) -> list[SetAside]:
    """Those older than `before` without any answer, as if the hub had put them off."""
    columns = (entries.c.seq, entries.c.type, entries.c.charge, entries.c.at)
    query = (
        sa.select(*columns)
        # Not joined: a planner without statistics may begin with the entries, which are many.
        .where(entries.c.seq.in_(sa.select(waiting_entries.c.seq)))
        .where((entries.c.at < to_wire(before)) & entries.c.type.in_(_MONEY))
        .where(entries.c.seq.not_in(sa.select(unsigned_answers.c.seq)))
        .order_by(entries.c.seq)
    )
    return [
        SetAside(
            seq=row["seq"],
            type=EntryType(row["type"]),
            charge=row["charge"],
            status=Status.PENDING,
            code=None,
            at=from_wire(row["at"]),
        )
        for row in tx.execute(query).mappings()
    ]
