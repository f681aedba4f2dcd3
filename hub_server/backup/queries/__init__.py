"""What a copy holds, and what a restored database is told of itself."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub_server.terminals.tables import terminals


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a terminal's journal is in a copy."""

    terminal_id: str
    merchant_id: str
    verified_through: int


def journal_reaches(connection: Connection) -> list[Reach]:
    """Of every terminal whose journal has begun."""
    found = connection.execute(
        select(terminals.c.id, terminals.c.merchant_id, terminals.c.verified_through)
        .where(terminals.c.verified_through >= 0)
        .order_by(terminals.c.id)
    )
    return [Reach(row.id, row.merchant_id, row.verified_through) for row in found]
