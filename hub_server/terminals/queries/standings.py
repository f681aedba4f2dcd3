"""Terminals with what is known of their contact and journals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from hub_server.terminals.states import TerminalStatus
from hub_server.terminals.tables import contact_spells, terminals


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalFilter:
    """Which terminals; what is None is no limit."""

    terminal_id: str | None = None
    merchant_id: str | None = None
    store_id: str | None = None
    status: TerminalStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalStanding:
    """A terminal, its last contact, and its journal: `verified_through` is the end of the unbroken chain (-1:
    nothing yet), `head_seq` the last entry that the terminal said it has."""

    terminal_id: str
    terminal_no: str
    merchant_id: str
    store_id: str
    name: str
    status: TerminalStatus
    app_version: str | None
    created_at: datetime
    enrolled_at: datetime | None
    last_contact: datetime | None
    verified_through: int
    head_seq: int | None


_NAMES = (
    "terminal_no",
    "merchant_id",
    "store_id",
    "name",
    "app_version",
    "created_at",
    "enrolled_at",
    "verified_through",
    "head_seq",
)


def terminals_before(
    connection: Connection, wanted: TerminalFilter, before: tuple[datetime, str] | None, limit: int
) -> list[TerminalStanding]:
    """The newest first; `before` is the last one already seen."""
    contact = (
        select(func.max(contact_spells.c.ended_at))
        .where(contact_spells.c.terminal_id == terminals.c.id)
        .scalar_subquery()
    )
    query = select(
        terminals.c.id, terminals.c.status, *(terminals.c[name] for name in _NAMES), contact.label("contact")
    )
    for column, value in (
        (terminals.c.id, wanted.terminal_id),
        (terminals.c.merchant_id, wanted.merchant_id),
        (terminals.c.store_id, wanted.store_id),
        (terminals.c.status, wanted.status),
    ):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        moment, identifier = before
        earlier = and_(terminals.c.created_at == moment, terminals.c.id < identifier)
        query = query.where(or_(terminals.c.created_at < moment, earlier))
    order = (terminals.c.created_at.desc(), terminals.c.id.desc())
    return [
        TerminalStanding(
            terminal_id=row.id,
            status=TerminalStatus(row.status),
            last_contact=row.contact,
            **{name: getattr(row, name) for name in _NAMES},
        )
        for row in connection.execute(query.order_by(*order).limit(limit))
    ]
