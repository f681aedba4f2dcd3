"""Rows of bindings, and what a member sees through them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from hub_server.bindings.states import PRESENTING, BindingRole
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import CardStatus, CardTypeName, cards
from hub_server.ledger.tables import postings
from hub_server.transactions.tables import TransactionKind, transactions


@dataclass(frozen=True, slots=True)
class Caps:
    """What a member may spend with a shared card: minor units of what is paid; none for no cap."""

    per_charge: int | None = None
    per_day: int | None = None

    def is_tighter_than(self, other: "Caps") -> bool:
        """Whether either leaves less than the other's."""
        pairs = ((self.per_charge, other.per_charge), (self.per_day, other.per_day))
        return any(own is not None and (was is None or own < was) for own, was in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRow:
    """A member's right on a card."""

    id: str
    card_id: str
    member_id: str
    role: BindingRole
    bound_at: datetime
    caps: Caps = field(default_factory=Caps)

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
                "cap_per_charge": row.caps.per_charge,
                "cap_per_day": row.caps.per_day,
            }
            for row in rows
        ]
        connection.execute(insert(bindings), values)


def binding_of(connection: Connection, card_id: str, member_id: str) -> BindingRow | None:
    """The member's binding on the card."""
    return _one(connection, bindings.c.card_id == card_id, bindings.c.member_id == member_id)


def binding_with_id(connection: Connection, binding_id: str) -> BindingRow | None:
    """The binding with this id."""
    return _one(connection, bindings.c.id == binding_id)


def bindings_of_cards(connection: Connection, card_ids: Sequence[str]) -> list[BindingRow]:
    """Who is bound to those cards, in the order in which they were."""
    rows = connection.execute(
        select(bindings).where(bindings.c.card_id.in_(card_ids)).order_by(bindings.c.bound_at, bindings.c.id)
    )
    return [_binding(row) for row in rows]


def bindings_of_member(connection: Connection, member_id: str) -> list[BindingRow]:
    """The member's bindings, in the order of their cards' ids, which is the order of locks."""
    rows = connection.execute(
        select(bindings).where(bindings.c.member_id == member_id).order_by(bindings.c.card_id)
    )
    return [_binding(row) for row in rows]


def count_owners(connection: Connection, card_id: str) -> int:
    """How many own the card."""
    statement = select(func.count()).where(
        bindings.c.card_id == card_id, bindings.c.role == BindingRole.OWNER.value
    )
    return connection.execute(statement).scalar_one()


def raise_role(connection: Connection, binding_id: str, seen: BindingRole, to: BindingRole) -> bool:
    """Compare and set; false if the binding has another role than was seen."""
    moved = connection.execute(
        update(bindings)
        .where(bindings.c.id == binding_id, bindings.c.role == seen.value)
        .values(role=to.value)
        .returning(bindings.c.id)
    )
    return moved.first() is not None


def write_caps(connection: Connection, binding_id: str, caps: Caps) -> None:
    """Set both caps of a binding; the caller holds the card's lock."""
    connection.execute(
        update(bindings)
        .where(bindings.c.id == binding_id)
        .values(cap_per_charge=caps.per_charge, cap_per_day=caps.per_day)
    )


def delete_bindings(connection: Connection, binding_ids: Sequence[str]) -> None:
    """Take rights away; the audit log keeps that they were there."""
    connection.execute(delete(bindings).where(bindings.c.id.in_(binding_ids)))


def owns_open_card_of(connection: Connection, member_id: str, card_type: CardTypeName) -> bool:
    """Whether the member owns a card of that type that is not closed."""
    found = connection.execute(
        select(bindings.c.id)
        .join(cards, cards.c.id == bindings.c.card_id)
        .where(
            bindings.c.member_id == member_id,
            bindings.c.role == BindingRole.OWNER.value,
            cards.c.card_type == card_type.value,
            cards.c.status != CardStatus.CLOSED.value,
        )
    )
    return found.first() is not None


def _one(connection: Connection, *conditions: ColumnElement[bool]) -> BindingRow | None:
    row = connection.execute(select(bindings).where(*conditions)).first()
    return None if row is None else _binding(row)


def _binding(row: Row[tuple[object, ...]]) -> BindingRow:
    return BindingRow(
        id=row.id,
        card_id=row.card_id,
        member_id=row.member_id,
        role=BindingRole(row.role),
        bound_at=row.bound_at,
        caps=Caps(row.cap_per_charge, row.cap_per_day),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCard:
    """A card a member may see, and in which role; `serial` gives the order of issue."""

    serial: int
    card_id: str
    role: BindingRole
    caps: Caps


def cards_of_member(
    connection: Connection, member_id: str, *, after: int | None = None, limit: int
) -> list[BoundCard]:
    """The member's cards in the order in which they were issued, from after the serial `after`."""
    statement = (
        select(cards.c.serial, *bindings.c)
        .join(cards, cards.c.id == bindings.c.card_id)
        .where(bindings.c.member_id == member_id)
    )
    if after is not None:
        statement = statement.where(cards.c.serial > after)
    rows = connection.execute(statement.order_by(cards.c.serial).limit(limit))
    return [
        BoundCard(
            serial=row.serial,
            card_id=row.card_id,
            role=BindingRole(row.role),
            caps=Caps(row.cap_per_charge, row.cap_per_day),
        )
        for row in rows
    ]


def transactions_of_member(
    connection: Connection, member_id: str, *, before: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Completed movements on the cards bound to the member, newest first, by the names of surface.md.

    `before` is the completion and id of the last one already seen.
    """
    statement = (
        select(
            *(transactions.c[name] for name in _SEEN),
            transactions.c.kind.label("type"),
            cards.c.card_no,
            _balance_change().label("balance_change"),
        )
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


def _balance_change() -> ColumnElement[int]:
    """What it did to the card's balance; an adjustment goes either way, as its posting says."""
    kind = transactions.c.kind
    took = exists().where(
        postings.c.transaction_id == transactions.c.id, postings.c.debit_account == cards.c.account_id
    )
    goes_out = or_(kind == TransactionKind.CHARGE.value, and_(kind == TransactionKind.ADJUSTMENT.value, took))
    return case((goes_out, -transactions.c.payable), else_=transactions.c.payable)


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
