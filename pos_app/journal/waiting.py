"""What the hub has not given its word on: what to send, and what a person should look at. Inside a transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pos_app.journal.tables import decisions, entries, unsigned_answers, waiting_entries
from pos_app.storage import Transaction
from shared.clock import from_wire
from shared.journal_entries import EntryType, Status
from shared.problems import Code

_UNSIGNED = sa.select(entries.c.seq, entries.c.jws, entries.c.type, entries.c.charge).join(
    waiting_entries, waiting_entries.c.seq == entries.c.seq
)


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry without a signed answer."""

    seq: int
    jws: str
    type: EntryType
    charge: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """How many entries wait, and since when."""

    depth: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry that a person should look at: answered without a signature, or refused."""

    seq: int
    type: EntryType
    charge: str | None
    status: Status
    code: Code | None
    at: datetime


def unsigned(tx: Transaction, limit: int, besides: Collection[int]) -> list[WaitingEntry]:
    """Entries without a signed answer, in order, but for those in `besides`."""
    query = _UNSIGNED.order_by(waiting_entries.c.seq).limit(limit + len(besides))
    found = [_waiting(row) for row in tx.execute(query)]
    return [entry for entry in found if entry.seq not in besides][:limit]


def waiting_entry(tx: Transaction, seq: int) -> WaitingEntry:
    """One entry, to be sent."""
    columns = (entries.c.seq, entries.c.jws, entries.c.type, entries.c.charge)
    return _waiting(tx.execute(sa.select(*columns).where(entries.c.seq == seq)).one())


def unsent_reversals(tx: Transaction, limit: int) -> list[WaitingEntry]:
    """Reversals that the hub has not answered at all, each after its charge: they go before a new charge."""
    waiting = entries.alias("waiting")
    answered = sa.select(unsigned_answers.c.seq)
    charges_given_up = (
        sa.select(waiting.c.charge)
        .join(waiting_entries, waiting_entries.c.seq == waiting.c.seq)
        .where((waiting.c.type == EntryType.REVERSAL.value) & waiting.c.seq.not_in(answered))
        .order_by(waiting.c.seq)
        .limit(limit)
    )
    query = _UNSIGNED.where(entries.c.charge.in_(charges_given_up)).order_by(entries.c.seq)
    return [_waiting(row) for row in tx.execute(query)]


def of_charge(tx: Transaction, charge_id: str) -> list[int]:
    """Numbers of the entries that are, or are about, a charge."""
    return list(tx.execute(sa.select(entries.c.seq).where(entries.c.charge == charge_id)).scalars())


def queue(tx: Transaction) -> Queue:
    """How much waits for a signed answer."""
    depth, oldest = tx.execute(
        sa.select(sa.func.count(), sa.func.min(entries.c.at)).select_from(
            entries.join(waiting_entries, waiting_entries.c.seq == entries.c.seq)
        )
    ).one()
    return Queue(depth, from_wire(oldest) if oldest else None)


def set_aside(tx: Transaction) -> list[SetAside]:
    """Entries held, pending, unconfirmed or rejected: what 待處理 lists."""
    columns = (entries.c.seq, entries.c.type, entries.c.charge, entries.c.at)
    unsigned_rows = sa.select(*columns, unsigned_answers.c.status, unsigned_answers.c.code).join(
        unsigned_answers, unsigned_answers.c.seq == entries.c.seq
    )
    rejected_rows = (
        sa.select(*columns, decisions.c.status, decisions.c.code)
        .join(decisions, decisions.c.seq == entries.c.seq)
        .where(decisions.c.status == Status.REJECTED.value)
    )
    rows = [*tx.execute(unsigned_rows).mappings(), *tx.execute(rejected_rows).mappings()]
    return [
        SetAside(
            seq=row["seq"],
            type=EntryType(row["type"]),
            charge=row["charge"],
            status=Status(row["status"]),
            code=Code(row["code"]) if row["code"] else None,
            at=from_wire(row["at"]),
        )
        for row in sorted(rows, key=lambda row: int(row["seq"]))
    ]


def _waiting(row: sa.Row[int, str, str, str | None]) -> WaitingEntry:
    return WaitingEntry(row[0], row[1], EntryType(row[2]), row[3])
