"""Rows of cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from hub_server.cards.states import ON_WIRE, CardStatus, CardTypeName
from hub_server.cards.tables import cards
from shared.api.transactions import CardTypeName as CardTypeOnWire


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card; `balance` in minor units (below zero only when overdrawn), `fixed_rate` in 1/10,000."""

    id: str
    serial: int
    card_no: str
    card_type: CardTypeName
    status: CardStatus
    fixed_rate: int | None
    currency: str
    account_id: str
    balance: int
    points: int
    tier: int
    expires_at: datetime | None
    issued_at: datetime

    @property
    def type_on_wire(self) -> CardTypeOnWire:
        """The type as messages and the loyalty rules spell it."""
        return ON_WIRE[self.card_type]


def insert_cards(connection: Connection, rows: Sequence[CardRow]) -> None:
    """Write new cards in one go."""
    if rows:
        connection.execute(insert(cards), [_values(row) for row in rows])


def read_card(connection: Connection, card_id: str) -> CardRow | None:
    """The card with this id."""
    return cards_by_id(connection, [card_id]).get(card_id)


def cards_by_id(connection: Connection, card_ids: Sequence[str]) -> dict[str, CardRow]:
    """Those cards, in one statement."""
    rows = connection.execute(select(*_COLUMNS).where(cards.c.id.in_(card_ids)))
    return {row.id: _card(row) for row in rows}


def cards_by_serial(connection: Connection, serials: Sequence[int]) -> dict[int, CardRow]:
    """The cards that opened `card_ref`s name (protocol.md 1)."""
    rows = connection.execute(select(*_COLUMNS).where(cards.c.serial.in_(serials)))
    return {row.serial: _card(row) for row in rows}


def set_card_status(connection: Connection, card_id: str, seen: CardStatus, to: CardStatus) -> bool:
    """Compare and set; false if the card is no longer in the state that was seen."""
    moved = connection.execute(
        update(cards)
        .where(cards.c.id == card_id, cards.c.status == seen.value)
        .values(status=to.value)
        .returning(cards.c.id)
    )
    return moved.first() is not None


def add_to_balances(connection: Connection, changes: Mapping[str, int]) -> None:
    """Move cached balances by so many minor units, in one statement; the caller posts the same to the ledger."""
    if changes:
        connection.execute(
            update(cards)
            .where(cards.c.id == bindparam("card"))
            .values(balance=cards.c.balance + bindparam("change")),
            [{"card": card_id, "change": change} for card_id, change in changes.items()],
        )


def set_points(connection: Connection, card_id: str, *, points: int, tier: int) -> None:
    """Write the cached points and tier; the caller writes the point ledger."""
    connection.execute(update(cards).where(cards.c.id == card_id).values(points=points, tier=tier))


_COLUMNS = [column for column in cards.c if column.name != "binding_password_hash"]


def _values(card: CardRow) -> dict[str, object]:
    return {
        "id": card.id,
        "serial": card.serial,
        "card_no": card.card_no,
        "card_type": card.card_type.value,
        "status": card.status.value,
        "fixed_rate": card.fixed_rate,
        "currency": card.currency,
        "account_id": card.account_id,
        "balance": card.balance,
        "points": card.points,
        "tier": card.tier,
        "expires_at": card.expires_at,
        "issued_at": card.issued_at,
    }


def _card(row: Row[tuple[object, ...]]) -> CardRow:
    return CardRow(
        id=row.id,
        serial=row.serial,
        card_no=row.card_no,
        card_type=CardTypeName(row.card_type),
        status=CardStatus(row.status),
        fixed_rate=row.fixed_rate,
        currency=row.currency,
        account_id=row.account_id,
        balance=row.balance,
        points=row.points,
        tier=row.tier,
        expires_at=row.expires_at,
        issued_at=row.issued_at,
    )
