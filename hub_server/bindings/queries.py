"""Rows of bindings, and what a member sees through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select

from hub_server.bindings.states import PRESENTING, BindingRole
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import cards
from hub_server.transactions.tables import transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRow:
    """A member's right on a card."""

    id: str
    card_id: str
    member_id: str
    role: BindingRole
    bound_at: datetime

    @property
    def may_present(self) -> bool:
        """Whether the member may present the card's payment code."""
        return self.role in PRESENTING


def insert_bindings(connection: Connection, rows: Sequence[BindingRow]) -> None:
    """Write new bindings."""
    if rows:
        values = [
            {
                "id": row.id,
                "card_id": row.card_id,
                "member_id": row.member_id,
                "role": row.role.value,
                "bound_at": row.bound_at,
            }
            for row in rows
        ]
        connection.execute(insert(bindings), values)


def binding_of(connection: Connection, card_id: str, member_id: str) -> BindingRow | None:
    """The member's binding on the card."""
    row = connection.execute(
        select(bindings).where(bindings.c.card_id == card_id, bindings.c.member_id == member_id)
    ).first()
    if row is None:
        return None
    return BindingRow(
        id=row.id,
        card_id=row.card_id,
        member_id=row.member_id,
        role=BindingRole(row.role),
        bound_at=row.bound_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCard:
    """A card a member may see, and in which role; `serial` gives the order of issue."""

    serial: int
    card_id: str
    role: BindingRole


def cards_of_member(
    connection: Connection, member_id: str, *, after: int | None = None, limit: int
) -> list[BoundCard]:
    """The member's cards in the order in which they were issued, from after the serial `after`."""
    statement = (
        select(cards.c.serial, bindings.c.card_id, bindings.c.role)
        .join(cards, cards.c.id == bindings.c.card_id)
        .where(bindings.c.member_id == member_id)
    )
    if after is not None:
        statement = statement.where(cards.c.serial > after)
    rows = connection.execute(statement.order_by(cards.c.serial).limit(limit))
    return [BoundCard(serial=row.serial, card_id=row.card_id, role=BindingRole(row.role)) for row in rows]


def transactions_of_member(
    connection: Connection, member_id: str, *, before: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Completed movements on the cards bound to the member, newest first, by the names of surface.md.

    `before` is the completion and id of the last one already seen.
    """
    statement = (
        select(*(transactions.c[name] for name in _SEEN), transactions.c.kind.label("type"), cards.c.card_no)
        .join(cards, cards.c.id == transactions.c.card_id)
        .join(bindings, bindings.c.card_id == transactions.c.card_id)
        .where(bindings.c.member_id == member_id, transactions.c.completed_at.is_not(None))
    )
    if before is not None:
        moment, identifier = before
        statement = statement.where(
            or_(
                transactions.c.completed_at < moment,
                and_(transactions.c.completed_at == moment, transactions.c.id < identifier),
            )
        )
    rows = connection.execute(
        statement.order_by(transactions.c.completed_at.desc(), transactions.c.id.desc()).limit(limit)
    )
    return [dict(row._mapping) for row in rows]


_SEEN = (
    "id",
    "tx_no",
    "status",
    "card_id",
    "raw_amount",
    "rate",
    "payable",
    "currency",
    "points_earned",
    "points_balance",
    "tier",
    "card_last4",
    "card_type",
    "offline",
    "overdrawn",
    "completed_at",
)
