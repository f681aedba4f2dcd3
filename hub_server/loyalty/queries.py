"""Reads of the tier table, and the one write of point rows."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, select

from hub_server.loyalty.rules import DEFAULT_TIERS, TierTable
from hub_server.loyalty.tables import point_ledger, tier_tables


def current_tier_table(connection: Connection) -> TierTable:
    """The newest version; domain.md's where nobody has set one."""
    rows = connection.execute(
        select(tier_tables.c.tiers).order_by(tier_tables.c.version.desc()).limit(1)
    ).scalar_one_or_none()
    return DEFAULT_TIERS if rows is None else TierTable.of(rows)


def insert_point_rows(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """One executemany into the point ledger."""
    if rows:
        connection.execute(insert(point_ledger), list(rows))
