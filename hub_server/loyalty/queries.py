"""Rows of the tier table's versions and of the point ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, case, insert, literal, select, update

from hub_server.cards.tables import cards
from hub_server.foundation.storage import share_lock
from hub_server.loyalty.rules import DEFAULT_TIERS, TierTable
from hub_server.loyalty.tables import point_ledger, tier_tables
from hub_server.transactions.tables import transactions

TIERS_LOCK = ("tiers", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class TierVersion:
    """A version of the tier table; `created_by` is an admin's id, none for the first."""

    version: int
    table: TierTable
    created_at: datetime
    created_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRow:
    """A row of the point ledger; `tx_no` of the movement that it came with, if any."""

    id: int
    card_id: str
    change: int
    before: int
    after: int
    reason: str
    tx_no: str | None
    at: datetime


def current_tier_table(connection: Connection) -> TierTable:
    """The newest version; domain.md's where nobody has set one."""
    rows = connection.execute(
        select(tier_tables.c.tiers).order_by(tier_tables.c.version.desc()).limit(1)
    ).scalar_one_or_none()
    return DEFAULT_TIERS if rows is None else TierTable.of(rows)


def hold_tiers(connection: Connection) -> None:
    """Let the tier table be what it is to the end of the transaction.

    For whoever writes a card's tier: read before, the table may be another by the time of the write.
    """
    share_lock(connection, *TIERS_LOCK)


def hold_tier_table(connection: Connection) -> TierTable:
    """The newest version, which stays it to the end of the transaction."""
    hold_tiers(connection)
    return current_tier_table(connection)


def tier_versions(connection: Connection, *, below: int | None, limit: int) -> list[TierVersion]:
    """Versions of the tier table, the newest first, from below a version on."""
    query = select(tier_tables)
    if below is not None:
        query = query.where(tier_tables.c.version < below)
    found = connection.execute(query.order_by(tier_tables.c.version.desc()).limit(limit))
    return [
        TierVersion(
            version=row.version,
            table=TierTable.of(row.tiers),
            created_at=row.created_at,
            created_by=row.created_by,
        )
        for row in found
    ]


def insert_tier_version(connection: Connection, made: TierVersion) -> None:
    """Write a version."""
    connection.execute(
        insert(tier_tables).values(
            version=made.version,
            tiers=made.table.rows(),
            created_at=made.created_at,
            created_by=made.created_by,
        )
    )


def assign_tiers(connection: Connection, table: TierTable) -> int:
    """Give every card the tier of its points by this table, in one statement; how many cards it changed."""
    steps = reversed(table.tiers)
    meant = case(
        *((cards.c.points >= step.from_points, literal(step.tier)) for step in steps), else_=cards.c.tier
    )
    return connection.execute(update(cards).where(cards.c.tier != meant).values(tier=meant)).rowcount


def insert_point_rows(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """One executemany into the point ledger."""
    if rows:
        connection.execute(insert(point_ledger), list(rows))


def point_rows_of(connection: Connection, card_id: str, *, below: int | None, limit: int) -> list[PointRow]:
    """What moved the card's points, the newest first, from below a row's id on."""
    query = _POINTS.where(point_ledger.c.card_id == card_id)
    if below is not None:
        query = query.where(point_ledger.c.id < below)
    return [
        _point_row(row) for row in connection.execute(query.order_by(point_ledger.c.id.desc()).limit(limit))
    ]


def point_row_of_request(connection: Connection, request_hash: bytes) -> PointRow | None:
    """What an adjustment asked for under this key has moved."""
    row = connection.execute(_POINTS.where(point_ledger.c.request_hash == request_hash)).first()
    return None if row is None else _point_row(row)


_POINTS = select(point_ledger, transactions.c.tx_no).outerjoin(
    transactions, transactions.c.id == point_ledger.c.transaction_id
)


def _point_row(row: Row[tuple[object, ...]]) -> PointRow:
    return PointRow(
        id=row.id,
        card_id=row.card_id,
        change=row.change,
        before=row.before,
        after=row.after,
        reason=row.reason,
        tx_no=row.tx_no,
        at=row.at,
    )
