"""Rows of cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, bindparam, insert, or_, select, update

from hub_server.cards.states import ON_WIRE, SHAREABLE, TRANSITIONS, CardStatus, CardTypeName
from hub_server.cards.tables import cards, retired_card_numbers
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

    @property
    def is_shareable(self) -> bool:
        """Whether others than the owner may be bound to it."""
        return self.card_type in SHAREABLE


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
    """The cards that opened `card_ref`s name (protocol.md 1), also by serials from before a replacement."""
    rows = connection.execute(select(*_COLUMNS).where(cards.c.serial.in_(serials)))
    found = {row.serial: _card(row) for row in rows}
    retired = connection.execute(
        select(retired_card_numbers.c.serial.label("retired_serial"), *_COLUMNS)
        .join(cards, cards.c.id == retired_card_numbers.c.card_id)
        .where(retired_card_numbers.c.serial.in_(serials))
    )
    return found | {row.retired_serial: _card(row) for row in retired}


def card_by_number(connection: Connection, card_no: str) -> CardRow | None:
    """The card that has this number now; a number from before a replacement names none."""
    row = connection.execute(select(*_COLUMNS).where(cards.c.card_no == card_no)).first()
    return None if row is None else _card(row)


def overdue_cards(connection: Connection, at: datetime, limit: int) -> list[str]:
    """Ids of cards whose time was over at `at` and that are not marked so, the longest first."""
    may_expire = [status.value for status, nexts in TRANSITIONS.items() if CardStatus.EXPIRED in nexts]
    rows = connection.execute(
        select(cards.c.id)
        .where(cards.c.expires_at <= at, cards.c.status.in_(may_expire))
        .order_by(cards.c.expires_at)
        .limit(limit)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFilter:
    """What an admin looks for; `card_no` may be a retired one, `card_ids` are those of a member."""

    card_no: str | None = None
    status: CardStatus | None = None
    card_ids: Sequence[str] | None = None


def find_cards(
    connection: Connection, wanted: CardFilter, *, before: tuple[datetime, str] | None, limit: int
) -> list[CardRow]:
    """Cards that fit, the newest first; `before` is the issue and id of the last one already seen."""
    statement = select(*_COLUMNS)
    if wanted.card_no is not None:
        retired = select(retired_card_numbers.c.card_id).where(
            retired_card_numbers.c.card_no == wanted.card_no
        )
        statement = statement.where(or_(cards.c.card_no == wanted.card_no, cards.c.id.in_(retired)))
    if wanted.status is not None:
        statement = statement.where(cards.c.status == wanted.status.value)
    if wanted.card_ids is not None:
        statement = statement.where(cards.c.id.in_(wanted.card_ids))
    if before is not None:
        moment, identifier = before
        older = and_(cards.c.issued_at == moment, cards.c.id < identifier)
        statement = statement.where(or_(cards.c.issued_at < moment, older))
    rows = connection.execute(statement.order_by(cards.c.issued_at.desc(), cards.c.id.desc()).limit(limit))
    return [_card(row) for row in rows]


def retired_numbers(connection: Connection, card_id: str) -> list[str]:
    """Numbers that the card had before, the oldest first."""
    rows = connection.execute(
        select(retired_card_numbers.c.card_no)
        .where(retired_card_numbers.c.card_id == card_id)
        .order_by(retired_card_numbers.c.serial)
    )
    return list(rows.scalars())


def set_card_status(connection: Connection, card_id: str, seen: CardStatus, to: CardStatus) -> bool:
    """Compare and set; false if the card is no longer in the state that was seen.

    Raises:
        ValueError: there is no such transition.
    """
    if to not in TRANSITIONS[seen]:
        raise ValueError(f"a card that is {seen} does not become {to}")
    moved = connection.execute(
        update(cards)
        .where(cards.c.id == card_id, cards.c.status == seen.value)
        .values(status=to.value)
        .returning(cards.c.id)
    )
    return moved.first() is not None


def set_number(connection: Connection, card: CardRow, *, serial: int, card_no: str, at: datetime) -> None:
    """Give the card another number and retire the one it has; the caller holds its lock."""
    connection.execute(
        insert(retired_card_numbers).values(
            card_no=card.card_no, serial=card.serial, card_id=card.id, retired_at=at
        )
    )
    connection.execute(update(cards).where(cards.c.id == card.id).values(serial=serial, card_no=card_no))


def binding_password_hash(connection: Connection, card_id: str) -> str | None:
    """bcrypt of the card's binding password; none where there is no password or no card."""
    return connection.execute(select(cards.c.binding_password_hash).where(cards.c.id == card_id)).scalar()


def set_binding_password_hash(connection: Connection, card_id: str, password_hash: str | None) -> None:
    """Keep another one, or none."""
    connection.execute(update(cards).where(cards.c.id == card_id).values(binding_password_hash=password_hash))


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
