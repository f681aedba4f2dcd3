"""The incarnation of the hub's database: it changes when a copy is restored (protocol.md 5)."""

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, func, insert, select

from hub_server.foundation.storage.columns import InstantColumn
from hub_server.foundation.storage.metadata import metadata
from shared.clock import to_wire

incarnations = Table(
    "incarnations",
    metadata,
    Column("incarnation", String(64), primary_key=True),
    Column("data_reach", InstantColumn, nullable=False, unique=True),
    Column("restored_at", InstantColumn),
)
"""The newest is the present one; `data_reach` is the time that its data reach, `restored_at` when the copy that
reached no further was put back (none for the first)."""


def current_incarnation(connection: Connection) -> str:
    """The present incarnation; it begins with the time that its data reach.

    Raises:
        LookupError: the database was never begun (`begin_incarnation`).
    """
    found: str | None = connection.execute(
        select(incarnations.c.incarnation).order_by(incarnations.c.data_reach.desc()).limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise LookupError("this database has no incarnation")
    return found


def begin_incarnation(
    connection: Connection, data_reach: datetime, mark: str, *, restored_at: datetime | None = None
) -> str:
    """Begin an incarnation; `mark` is unpredictable and tells two restores of one copy apart."""
    incarnation = f"{to_wire(data_reach)}-{mark}"
    row = {"incarnation": incarnation, "data_reach": data_reach, "restored_at": restored_at}
    connection.execute(insert(incarnations).values(row))
    return incarnation


def newest_reach(connection: Connection) -> datetime | None:
    """The time that the present incarnation's data reached when it began."""
    reach: datetime | None = connection.execute(select(func.max(incarnations.c.data_reach))).scalar_one()
    return reach


def lost_times(connection: Connection) -> list[tuple[datetime, datetime]]:
    """From when to when each copy that was put back does not tell what happened."""
    found = connection.execute(
        select(incarnations.c.data_reach, incarnations.c.restored_at).where(
            incarnations.c.restored_at.is_not(None)
        )
    )
    return [(row.data_reach, row.restored_at) for row in found]


def has_incarnation(connection: Connection) -> bool:
    """Whether the database was begun."""
    return connection.execute(select(incarnations.c.incarnation).limit(1)).first() is not None
