"""What the database holds already."""

from collections.abc import Collection

from sqlalchemy import Connection, Table, func, select

from hub_server.access.tables import logins
from hub_server.cards.tables import cards
from hub_server.members.tables import members
from hub_server.merchants.tables import merchants


def is_empty(connection: Connection) -> bool:
    """Whether nobody and nothing exists yet."""
    return all(_count(connection, table) == 0 for table in (logins, cards, members, merchants))


def is_demos(connection: Connection, emails: Collection[str]) -> bool:
    """Whether all of the demo's logins are there; what else there is then was made by whoever plays with it."""
    there = select(func.count()).select_from(logins).where(logins.c.email.in_(emails))
    return connection.execute(there).scalar_one() == len(emails)


def merchant_named(connection: Connection, name: str) -> str | None:
    """The id of the oldest merchant with this name."""
    return connection.execute(
        select(merchants.c.id).where(merchants.c.name == name).order_by(merchants.c.id).limit(1)
    ).scalar()


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
