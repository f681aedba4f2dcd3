"""Rows of bindings, and what a member sees through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """A card a member may see, and in which role."""

    binding_id: str
    card_id: str
    role: BindingRole


def cards_of_member(
    connection: Connection, member_id: str, *, after: str | None = None, limit: int
) -> list[BoundCard]:
    """The member's cards in the order in which they were bound; `after` is a binding's id."""
    statement = select(bindings).where(bindings.c.member_id == member_id)
    if after is not None:
        statement = statement.where(bindings.c.id > after)
    rows = connection.execute(statement.order_by(bindings.c.id).limit(limit))
    return [BoundCard(binding_id=row.id, card_id=row.card_id, role=BindingRole(row.role)) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTransaction:
    """A movement on one of the member's cards, as surface.md shows it; amounts in minor units."""

    id: str
    tx_no: str
    kind: str
    status: str
    card_id: str
    card_no: str
    card_type: str
    raw_amount: int
    rate: int
    payable: int
    currency: str
    points_earned: int
    points_balance: int
    tier: int
    offline: bool
    overdrawn: bool
    completed_at: datetime


def transactions_of_member(
    connection: Connection, member_id: str, *, before: tuple[datetime, str] | None, limit: int
) -> list[SeenTransaction]:
    """Completed movements on the cards bound to the member, newest first.

    `before` is the completion and id of the last one already seen.
    """
    statement = (
        select(transactions, cards.c.card_no)
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
    return [
        SeenTransaction(
            id=row.id,
            tx_no=row.tx_no,
            kind=row.kind,
            status=row.status,
            card_id=row.card_id,
            card_no=row.card_no,
            card_type=row.card_type,
            raw_amount=row.raw_amount,
            rate=row.rate,
            payable=row.payable,
            currency=row.currency,
            points_earned=row.points_earned,
            points_balance=row.points_balance,
            tier=row.tier,
            offline=row.offline,
            overdrawn=row.overdrawn,
            completed_at=row.completed_at,
        )
        for row in rows
    ]
