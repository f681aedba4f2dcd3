"""What the hub has not given its word on, or must hear again; and what a person should look at. Inside a transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pos_app.journal.charges import open_seqs
from pos_app.journal.tables import (
    again_entries,
    contradicting_decisions,
    decisions,
    entries,
    unsigned_answers,
    waiting_entries,
)
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire
from shared.journal_entries import EntryType, Status
from shared.problems import Code

_DUE = (
    sa.select(entries.c.seq, entries.c.jws, entries.c.type, entries.c.charge, decisions.c.jws)
    .outerjoin(decisions, decisions.c.seq == entries.c.seq)
    .order_by(entries.c.seq)
)
_LENGTHS = tuple(
    sa.select(sa.func.count(), sa.func.min(table.c.seq)) for table in (waiting_entries, again_entries)
)
_AT = sa.select(entries.c.at).where(entries.c.seq == sa.bindparam("seq"))
_LAST = _DUE.order_by(None).order_by(entries.c.seq.desc()).limit(1)
# Spelled out, since a bound value does not tell SQLite that the partial index holds all of them.
_REVERSAL: sa.ColumnElement[str] = sa.literal_column(f"'{EntryType.REVERSAL.value}'")
_REJECTED: sa.ColumnElement[str] = sa.literal_column(f"'{Status.REJECTED.value}'")


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """An entry to be sent; `decision` is the hub's word where there is one, which a restored hub is reminded of."""

    seq: int
    jws: str
    type: EntryType
    charge: str | None
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """How many entries are to be sent, and since when the oldest of them stands in the journal."""

    depth: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry that a person should look at: answered without a signature, refused, or decided in two ways.

    Attributes:
        is_contradicted: the hub has signed another decision than the one that is kept; `status` is the other one's.
    """

    seq: int
    type: EntryType
    charge: str | None
    status: Status
    code: Code | None
    at: datetime
    is_contradicted: bool = False


def due(tx: Transaction, limit: int, besides: Collection[int]) -> list[WaitingEntry]:
    """Entries without a signed answer, or that a restored hub must hear again, in order, but for those in `besides`."""
    numbers = sa.union_all(sa.select(waiting_entries.c.seq), sa.select(again_entries.c.seq)).subquery()
    wanted: list[int] = []
    for seq in tx.execute(sa.select(numbers.c.seq).order_by(numbers.c.seq)).scalars():
        if seq not in besides:
            wanted.append(seq)
            if len(wanted) == limit:
                break
    return _entries(tx, wanted)


def due_at_the_counter(tx: Transaction, limit: int, besides: Collection[int]) -> list[WaitingEntry]:
    """Charges that nobody has decided, oldest first: somebody may stand and wait for each of them."""
    return _entries(tx, [seq for seq in open_seqs(tx) if seq not in besides][:limit])


def waiting_entry(tx: Transaction, seq: int) -> WaitingEntry:
    """One entry, to be sent."""
    return _waiting(tx.execute(_DUE.where(entries.c.seq == seq)).one())


def last_entry(tx: Transaction) -> list[WaitingEntry]:
    """The journal's last entry, whether it waits or not: what a terminal with nothing to send says."""
    return [_waiting(row) for row in tx.execute(_LAST)]


def unsent_reversals(tx: Transaction, limit: int) -> list[WaitingEntry]:
    """Reversals that the hub has not answered at all, each after its charge: they go before a new charge."""
    numbers = list(
        tx.execute(
            sa.select(waiting_entries.c.seq)
            .where(
                (waiting_entries.c.type == _REVERSAL)
                & ~sa.exists().where(unsigned_answers.c.seq == waiting_entries.c.seq)
            )
            .order_by(waiting_entries.c.seq)
            .limit(limit)
        ).scalars()
    )
    if not numbers:
        return []
    given_up = sa.select(entries.c.charge).where(entries.c.seq.in_(numbers))
    query = _DUE.join(waiting_entries, waiting_entries.c.seq == entries.c.seq)
    return [_waiting(row) for row in tx.execute(query.where(entries.c.charge.in_(given_up)))]


def of_charge(tx: Transaction, charge_id: str) -> list[int]:
    """Numbers of the entries that are, or are about, a charge."""
    return list(tx.execute(sa.select(entries.c.seq).where(entries.c.charge == charge_id)).scalars())


def queue(tx: Transaction) -> Queue:
    """How much is to be sent."""
    depth, oldest = 0, None
    for lengths in _LENGTHS:
        count, first = tx.execute(lengths).one()
        depth += count
        oldest = first if oldest is None or (first is not None and first < oldest) else oldest
    if oldest is None:
        return Queue(depth, None)
    at: str = tx.execute(_AT, {"seq": oldest}).scalar_one()
    return Queue(depth, from_wire(at))


def mark_again(tx: Transaction, verified_through: int, decided_after: datetime | None) -> int:
    """Send again what a restored hub may not have; how many decided entries that makes.

    That is everything after `verified_through`, and what was decided after `decided_after` (everything, if None).
    Those without a decision wait in any case. One statement, so that a long journal costs no memory.
    """
    marked = sa.select(decisions.c.seq)
    if decided_after is not None:
        is_later = decisions.c.decided_at > to_wire(decided_after)
        marked = marked.where((decisions.c.seq > verified_through) | is_later)
    return tx.execute(again_entries.insert().prefix_with("OR IGNORE").from_select(["seq"], marked)).rowcount


def heard_again(tx: Transaction, seq: int) -> None:
    """The hub has answered a decided entry with a signature again."""
    tx.execute(again_entries.delete().where(again_entries.c.seq == seq))
    tx.execute(unsigned_answers.delete().where(unsigned_answers.c.seq == seq))


def set_aside(tx: Transaction) -> list[SetAside]:
    """Entries held, pending, unconfirmed, rejected or decided in two ways: what 待處理 lists."""
    columns = (entries.c.seq, entries.c.type, entries.c.charge, entries.c.at)
    queries: list[tuple[sa.Select[Any], bool]] = []
    for table in (unsigned_answers, decisions, contradicting_decisions):
        # An outer join fixes the order: a planner without statistics may begin with the entries, which are many.
        entries_of = table.outerjoin(entries, entries.c.seq == table.c.seq)
        query = sa.select(*columns, table.c.status, table.c.code).select_from(entries_of)
        query = query.where(decisions.c.status == _REJECTED) if table is decisions else query
        queries.append((query, table is contradicting_decisions))
    found = [
        _set_aside(row, is_contradicted=is_contradicted)
        for query, is_contradicted in queries
        for row in tx.execute(query).mappings()
    ]
    return sorted(found, key=lambda one: one.seq)


def _set_aside(row: sa.RowMapping, *, is_contradicted: bool) -> SetAside:
    return SetAside(
        seq=row["seq"],
        type=EntryType(row["type"]),
        charge=row["charge"],
        status=Status(row["status"]),
        code=Code(row["code"]) if row["code"] else None,
        at=from_wire(row["at"]),
        is_contradicted=is_contradicted,
    )


def _entries(tx: Transaction, seqs: list[int]) -> list[WaitingEntry]:
    return [_waiting(row) for row in tx.execute(_DUE.where(entries.c.seq.in_(seqs)))] if seqs else []


def _waiting(row: sa.Row[int, str, str, str | None, str | None]) -> WaitingEntry:
    return WaitingEntry(row[0], row[1], EntryType(row[2]), row[3], row[4])
