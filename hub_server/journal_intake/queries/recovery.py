"""Entries that wait for a person, and what was said of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, insert, or_, select, text, update

from hub_server.journal_intake.states import Verdict
from hub_server.journal_intake.tables import entry_rulings, journal_entries
from hub_server.merchants.tables import merchants, stores
from hub_server.terminals.tables import terminals
from shared.journal_entries import EntryType, Status

_E = journal_entries.c
_OPEN = tuple(status.value for status in (Status.HELD, Status.PENDING, Status.UNCONFIRMED))
_TOGETHER = (EntryType.CHARGE.value, EntryType.ADVICE.value)
_SUBJECT = case((_E.type.in_(_TOGETHER), _E.charge_id), else_=_E.entry_id)
"""A charge and its advice end together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRow:
    """What was said of an entry; honouring waits for a second person while `decided_by` is None."""

    verdict: Verdict
    reason: str
    proposed_by: str
    proposed_at: datetime
    proposer_hands: tuple[str, ...]
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryRow:
    """An entry without its answer, and whose it is; `since`: when the hub had it first."""

    terminal_id: str
    terminal_no: str
    terminal_name: str
    merchant_id: str
    merchant_name: str
    store_id: str
    store_name: str
    seq: int
    entry_id: str
    subject: str
    type: str
    at: datetime
    since: datetime
    status: Status
    code: str | None
    detail: str | None
    jws: str
    ruling: RulingRow | None


_ROW = (
    select(
        _E.terminal_id,
        terminals.c.terminal_no,
        terminals.c.name.label("terminal_name"),
        terminals.c.merchant_id,
        merchants.c.name.label("merchant_name"),
        terminals.c.store_id,
        stores.c.name.label("store_name"),
        _E.seq,
        _E.entry_id,
        _SUBJECT.label("subject"),
        _E.type,
        _E.at,
        _E.received_at.label("since"),
        _E.status,
        _E.code,
        _E.detail,
        _E.jws,
    )
    .join(terminals, terminals.c.id == _E.terminal_id)
    .join(merchants, merchants.c.id == terminals.c.merchant_id)
    .join(stores, stores.c.id == terminals.c.store_id)
)


def entries_for_people(
    connection: Connection, waiting_before: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[RecoveryRow]:
    """What is held, and what waits otherwise since before then; the longest waiting first."""
    # Literal, so that it is answered from the small index of what has no decision.
    is_open = text("journal_entries.decision IS NULL")
    is_due = or_(_E.status == Status.HELD.value, _E.received_at < waiting_before)
    query = _ROW.where(is_open, _E.status.in_(_OPEN), is_due)
    if after is not None:
        at, entry_id = after
        query = query.where(or_(_E.received_at > at, and_(_E.received_at == at, _E.entry_id > entry_id)))
    return _rows(connection, query.order_by(_E.received_at, _E.entry_id).limit(limit))


def entry_for_people(connection: Connection, terminal_id: str, seq: int) -> RecoveryRow | None:
    """One entry, whatever its status."""
    found = _rows(connection, _ROW.where(_E.terminal_id == terminal_id, _E.seq == seq))
    return found[0] if found else None


def entries_of_subject(connection: Connection, terminal_id: str, subject: str) -> list[int]:
    """The numbers of the entry itself and of every entry about it."""
    mine = _E.terminal_id == terminal_id
    own = connection.execute(select(_E.seq).where(mine, _E.entry_id == subject)).scalars()
    about = connection.execute(select(_E.seq).where(mine, _E.charge_id == subject)).scalars()
    return sorted({*own, *about})


def was_decided(connection: Connection, terminal_id: str, subject: str) -> bool:
    """Whether this hub had decided any of it before it lost its newest data."""
    is_of_it = or_(_E.entry_id == subject, _E.charge_id == subject)
    query = select(_E.seq).where(_E.terminal_id == terminal_id, is_of_it, _E.brought_decision.is_not(None))
    return connection.execute(query.limit(1)).first() is not None


def store_ruling(connection: Connection, terminal_id: str, subject: str, ruling: RulingRow) -> None:
    """Write what was said: the first word, the second, or a refusal in place of a proposal."""
    values = {
        "verdict": ruling.verdict.value,
        "reason": ruling.reason,
        "proposed_by": ruling.proposed_by,
        "proposed_at": ruling.proposed_at,
        "proposer_hands": list(ruling.proposer_hands),
        "decided_by": ruling.decided_by,
        "decided_at": ruling.decided_at,
    }
    is_it = entry_rulings.c.terminal_id == terminal_id, entry_rulings.c.subject == subject
    if connection.execute(update(entry_rulings).where(*is_it).values(**values)).rowcount == 0:
        key = {"terminal_id": terminal_id, "subject": subject}
        connection.execute(insert(entry_rulings).values(**key, **values))


def _rows(connection: Connection, query: Select[Any]) -> list[RecoveryRow]:
    found = [dict(row._mapping) for row in connection.execute(query)]
    rulings = _rulings(connection, {row["subject"] for row in found if row["subject"]})
    return [
        RecoveryRow(
            **row
            | {
                "subject": row["subject"] or row["entry_id"],
                "status": Status(row["status"]),
                "ruling": rulings.get((row["terminal_id"], row["subject"])),
            }
        )
        for row in found
    ]


def _rulings(connection: Connection, subjects: Collection[str]) -> dict[tuple[str, str], RulingRow]:
    if not subjects:
        return {}
    found = connection.execute(select(entry_rulings).where(entry_rulings.c.subject.in_(sorted(subjects))))
    return {
        (row.terminal_id, row.subject): RulingRow(
            verdict=Verdict(row.verdict),
            reason=row.reason,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            proposer_hands=tuple(row.proposer_hands),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in found
    }
