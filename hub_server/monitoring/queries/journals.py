"""What is read of terminals' journals for people, in sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, func, select, text

from hub_server.journal_intake.tables import journal_entries, journal_forks
from hub_server.terminals import TerminalStatus
from hub_server.terminals.tables import status_changes, terminals
from shared.journal_entries import EntryType, Status

_E = journal_entries.c
_IS_OPEN = text("journal_entries.decision IS NULL")
"""Literal, so that it is answered from the small index of what has no decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Entries that stand behind a missing one: `first_missing`, the greatest that is there, and since when."""

    terminal_id: str
    first_missing: int
    reaches: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """How many entries of a terminal wait in a status; `payable`: what their advices say was paid, minor units."""

    terminal_id: str
    status: Status
    count: int
    payable: int


def gaps_of(connection: Connection, terminal_ids: Sequence[str]) -> dict[str, GapRow]:
    """Those of the terminals whose chain has a gap."""
    found = _gaps(connection, _GAPS.where(_E.terminal_id.in_(terminal_ids)))
    return {gap.terminal_id: gap for gap in found}


def gaps_before(connection: Connection, at: datetime) -> list[GapRow]:
    """Every gap that was there before then."""
    return _gaps(connection, _GAPS.having(func.min(_E.received_at) < at))


def waiting_of(connection: Connection, terminal_ids: Sequence[str]) -> list[WaitingRow]:
    """What waits of those terminals, by status."""
    is_advice = _E.type == EntryType.ADVICE.value
    payable = func.coalesce(func.sum(_E.advised_payable).filter(is_advice), 0)
    found = connection.execute(
        select(_E.terminal_id, _E.status, func.count().label("count"), payable.label("payable"))
        .where(_IS_OPEN, _E.terminal_id.in_(terminal_ids))
        .group_by(_E.terminal_id, _E.status)
    )
    return [
        WaitingRow(
            terminal_id=row.terminal_id,
            status=Status(row.status),
            count=row._mapping["count"],
            payable=int(row.payable),
        )
        for row in found
    ]


def forks_of(connection: Connection, terminal_ids: Sequence[str]) -> dict[str, int]:
    """How many entries contradict each journal."""
    found = connection.execute(
        select(journal_forks.c.terminal_id, func.count().label("forks"))
        .where(journal_forks.c.terminal_id.in_(terminal_ids))
        .group_by(journal_forks.c.terminal_id)
    )
    return {row.terminal_id: row.forks for row in found}


def stopped_since(connection: Connection, terminal_ids: Sequence[str]) -> dict[str, datetime]:
    """Since when each of those that are suspended or retired is."""
    newest = (
        select(func.max(status_changes.c.id))
        .where(status_changes.c.terminal_id.in_(terminal_ids))
        .group_by(status_changes.c.terminal_id)
    )
    found = connection.execute(
        select(status_changes.c.terminal_id, status_changes.c.at).where(
            status_changes.c.id.in_(newest), status_changes.c.status != TerminalStatus.ACTIVE.value
        )
    )
    return {row.terminal_id: row.at for row in found}


_GAPS = (
    select(
        _E.terminal_id,
        func.min(terminals.c.verified_through).label("through"),
        func.max(_E.seq).label("reaches"),
        func.min(_E.received_at).label("since"),
    )
    .join(terminals, and_(terminals.c.id == _E.terminal_id, _E.seq > terminals.c.verified_through))
    .group_by(_E.terminal_id)
)


def _gaps(connection: Connection, query: Select[tuple[str, int, int, datetime]]) -> list[GapRow]:
    return [
        GapRow(
            terminal_id=row.terminal_id, first_missing=row.through + 1, reaches=row.reaches, since=row.since
        )
        for row in connection.execute(query.order_by(_E.terminal_id))
    ]
