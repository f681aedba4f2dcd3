"""The incarnation of the hub's database: it changes when a copy is restored (protocol.md 5)."""

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, insert, select

from hub_server.foundation.storage.columns import InstantColumn
from hub_server.foundation.storage.metadata import metadata
from shared.clock import to_wire

incarnations = Table(
    "incarnations",
    metadata,
    Column("incarnation", String(64), primary_key=True),
    Column("data_reach", InstantColumn, nullable=False, unique=True),
)
"""The newest is the present one; `data_reach` is the time that its data reach."""


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


def begin_incarnation(connection: Connection, data_reach: datetime, mark: str) -> str:
    """Begin an incarnation; `mark` is unpredictable and tells two restores of one copy apart."""
    incarnation = f"{to_wire(data_reach)}-{mark}"
    connection.execute(insert(incarnations).values(incarnation=incarnation, data_reach=data_reach))
    return incarnation


def has_incarnation(connection: Connection) -> bool:
    """Whether the database was begun."""
    return connection.execute(select(incarnations.c.incarnation).limit(1)).first() is not None
