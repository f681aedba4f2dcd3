"""Rows of the terminals' journals, and what is read beside them, all in sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from hub_server.foundation.storage import insert_new_rows
from hub_server.journal_intake.tables import (
    WAITS_FOR_ITS_CHARGE,
    journal_entries,
    journal_failures,
    journal_forks,
)
from hub_server.merchants.tables import merchants
from hub_server.terminals.tables import contact_spells, terminals
from shared.journal_entries import EntryType, Status

_E = journal_entries.c


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRow:
    """A terminal under its lock, with its merchant; `verified_through` is −1 before entry 0 is there."""

    terminal_id: str
    merchant_id: str
    store_id: str
    status: str
    merchant_status: str
    merchant_account: str
    public_key: bytes
    verified_through: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """A stored entry."""

    seq: int
    entry_id: str
    hash: str
    prev: str
    jws: str
    contact: datetime
    received_at: datetime
    charge_id: str | None
    status: Status
    code: str | None
    detail: str | None
    decision: str | None
    decided_at: datetime | None
    transaction_id: str | None
    reversal_tx_no: str | None
    brought_decision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceRow:
    """What an advice adds to the offline spending under its contact; `payable` in minor units."""

    seq: int
    contact: datetime
    payable: int
    status: Status


def read_terminal(connection: Connection, terminal_id: str) -> TerminalRow:
    """The terminal with its merchant.

    Raises:
        LookupError: there is no such enrolled terminal.
    """
    row = connection.execute(
        select(
            terminals.c.id.label("terminal_id"),
            terminals.c.merchant_id,
            terminals.c.store_id,
            terminals.c.status,
            merchants.c.status.label("merchant_status"),
            merchants.c.account_id.label("merchant_account"),
            terminals.c.public_key,
            terminals.c.verified_through,
        )
        .join(merchants, merchants.c.id == terminals.c.merchant_id)
        .where(terminals.c.id == terminal_id, terminals.c.public_key.is_not(None))
    ).first()
    if row is None:
        raise LookupError("no such terminal")
    return TerminalRow(**row._mapping)


def read_verified_through(connection: Connection, terminal_id: str) -> int:
    """The end of the unbroken chain."""
    query = select(terminals.c.verified_through).where(terminals.c.id == terminal_id)
    return int(connection.execute(query).scalar_one())


def entries_at(
    connection: Connection, terminal_id: str, seqs: Sequence[int], entry_ids: Sequence[str]
) -> list[EntryRow]:
    """Entries of those numbers or ids."""
    return _entries(connection, terminal_id, _E.seq.in_(seqs), _E.entry_id.in_(entry_ids))


def entries_about(connection: Connection, terminal_id: str, charge_ids: Sequence[str]) -> list[EntryRow]:
    """Those charges and every advice, reversal and refund of them."""
    if not charge_ids:
        return []
    return _entries(connection, terminal_id, _E.charge_id.in_(charge_ids), _E.entry_id.in_(charge_ids))


def charges_with_codes(connection: Connection, terminal_id: str, code_refs: Sequence[str]) -> list[str]:
    """Ids of this terminal's charges that carry those codes."""
    if not code_refs:
        return []
    found = connection.execute(
        select(_E.entry_id).where(_E.terminal_id == terminal_id, _E.code_ref.in_(code_refs))
    )
    return [row.entry_id for row in found]


def pending_through(connection: Connection, terminal_id: str, through: int, passed: int) -> list[EntryRow]:
    """What waits for its charge though the chain has passed it; without what else there is in the journal.

    A refund may wait on, for another terminal's charge: such a one comes only when the chain, which had passed
    `passed` before, reaches it.
    """
    is_due = or_(_E.type != EntryType.REFUND.value, _E.seq > passed)
    return _entries(connection, terminal_id, and_(text(WAITS_FOR_ITS_CHARGE), _E.seq <= through, is_due))


def chain_from(connection: Connection, terminal_id: str, first: int, limit: int) -> list[int]:
    """Stored numbers from `first` on, ascending."""
    found = connection.execute(
        select(_E.seq).where(_E.terminal_id == terminal_id, _E.seq >= first).order_by(_E.seq).limit(limit)
    )
    return [row.seq for row in found]


def advices_under(connection: Connection, terminal_id: str, contacts: Sequence[datetime]) -> list[AdviceRow]:
    """Every advice under those contacts."""
    if not contacts:
        return []
    found = connection.execute(
        select(_E.seq, _E.contact, _E.advised_payable, _E.status).where(
            _E.terminal_id == terminal_id,
            _E.contact.in_(contacts),
            _E.type == EntryType.ADVICE.value,
            _E.advised_payable.is_not(None),
        )
    )
    return [
        AdviceRow(seq=row.seq, contact=row.contact, payable=row.advised_payable, status=Status(row.status))
        for row in found
    ]


def latest_stamp_before(
    connection: Connection, terminal_id: str, seq: int
) -> tuple[datetime, datetime] | None:
    """The greatest `(contact, at)` that an entry before that number bears."""
    row = connection.execute(
        select(_E.contact, _E.at)
        .where(_E.terminal_id == terminal_id, _E.seq < seq)
        .order_by(_E.contact.desc(), _E.at.desc())
        .limit(1)
    ).first()
    return None if row is None else (row.contact, row.at)


def fork_decisions(connection: Connection, terminal_id: str, hashes: Sequence[str]) -> dict[str, str]:
    """The stored refusal of each of those forked entries, by hash."""
    found = connection.execute(
        select(journal_forks.c.hash, journal_forks.c.decision).where(
            journal_forks.c.terminal_id == terminal_id, journal_forks.c.hash.in_(hashes)
        )
    )
    return {row.hash: row.decision for row in found}


def insert_entries(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """New entries, in one statement."""
    if rows:
        connection.execute(insert(journal_entries), list(rows))


def insert_forks(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """New forked entries, in one statement."""
    if rows:
        connection.execute(insert(journal_forks), list(rows))


def update_entries(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """What became of stored entries: `{the_terminal, the_seq, new_…}`. A decision is written once."""
    if not rows:
        return
    connection.execute(
        update(journal_entries)
        .where(
            _E.terminal_id == bindparam("the_terminal"),
            _E.seq == bindparam("the_seq"),
            _E.decision.is_(None),
        )
        .values(
            status=bindparam("new_status"),
            code=bindparam("new_code"),
            detail=bindparam("new_detail"),
            decision=bindparam("new_decision"),
            decided_at=bindparam("new_decided_at"),
            transaction_id=bindparam("new_transaction_id"),
            reversal_tx_no=bindparam("new_reversal_tx_no"),
            brought_decision=bindparam("new_brought_decision"),
        ),
        list(rows),
    )


def write_chain_end(connection: Connection, terminal_id: str, *, through: int) -> None:
    """The unbroken chain reaches further."""
    end = connection.execute(
        select(_E.hash, _E.contact).where(_E.terminal_id == terminal_id, _E.seq == through)
    ).one()
    connection.execute(
        update(terminals)
        .where(terminals.c.id == terminal_id)
        .values(verified_through=through, verified_hash=end.hash, verified_contact=end.contact)
    )


def count_failure(connection: Connection, terminal_id: str, entry_hash: str, at: datetime) -> int:
    """One more failure of that entry; how many there were. The caller holds the terminal's lock."""
    key = {"terminal_id": terminal_id, "hash": entry_hash}
    insert_new_rows(connection, journal_failures, [{**key, "failures": 0, "failed_at": at}])
    counted = connection.execute(
        update(journal_failures)
        .where(journal_failures.c.terminal_id == terminal_id, journal_failures.c.hash == entry_hash)
        .values(failures=journal_failures.c.failures + 1, failed_at=at)
        .returning(journal_failures.c.failures)
    )
    return int(counted.scalar_one())


def last_contact(connection: Connection, terminal_id: str) -> datetime | None:
    """The newest time of the hub's that is recorded as told to the terminal."""
    query = select(func.max(contact_spells.c.ended_at)).where(contact_spells.c.terminal_id == terminal_id)
    told: datetime | None = connection.execute(query).scalar_one()
    return told


def _entries(connection: Connection, terminal_id: str, *either: ColumnElement[bool]) -> list[EntryRow]:
    """Entries by any of the conditions: one query each, since SQLite answers OR by reading the whole journal."""
    mine = select(journal_entries).where(_E.terminal_id == terminal_id)
    found = {row.seq: row for where in either for row in connection.execute(mine.where(where))}
    return [_entry(row) for row in found.values()]


def _entry(row: Row[tuple[object, ...]]) -> EntryRow:
    return EntryRow(
        seq=row.seq,
        entry_id=row.entry_id,
        hash=row.hash,
        prev=row.prev,
        jws=row.jws,
        contact=row.contact,
        received_at=row.received_at,
        charge_id=row.charge_id,
        status=Status(row.status),
        code=row.code,
        detail=row.detail,
        decision=row.decision,
        decided_at=row.decided_at,
        transaction_id=row.transaction_id,
        reversal_tx_no=row.reversal_tx_no,
        brought_decision=row.brought_decision,
    )
