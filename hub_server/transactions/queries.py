"""Rows of transactions, read and written in sets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from hub_server.transactions.states import TransactionKind, TransactionStatus
from hub_server.transactions.tables import transactions
from shared.api.transactions import CardTypeName, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRow:
    """A transaction. Amounts in minor units, `rate` in 1/10,000; `at` gives the business day.

    `given_back` is what refunds and a reversal returned; `points_balance` and `tier` as they stood after it;
    `member_id` who presented the code; `approved_by` and `reason` of a refund, reversal or adjustment.
    """

    id: str
    tx_no: str
    kind: TransactionKind
    status: TransactionStatus
    card_id: str
    merchant_id: str | None = None
    store_id: str | None = None
    terminal_id: str | None = None
    entry_id: str | None = None
    code_ref: str | None = None
    original_id: str | None = None
    cashier: str | None = None
    shift: str | None = None
    order_ref: str | None = None
    raw_amount: int
    rate: int
    payable: int
    given_back: int = 0
    currency: str
    points_earned: int
    points_balance: int
    tier: int
    card_last4: str
    card_type: CardTypeName
    offline: bool = False
    overdrawn: bool = False
    at: datetime
    completed_at: datetime
    entry_seq: int | None = None
    member_id: str | None = None
    approved_by: str | None = None
    reason: str | None = None

    def message(self) -> Transaction:
        """As everybody is told of it (protocol.md 5)."""
        return Transaction(
            id=self.id,
            tx_no=self.tx_no,
            type=self.kind.value,
            raw_amount=self.raw_amount,
            rate=self.rate,
            payable=self.payable,
            currency=self.currency,
            points_earned=self.points_earned,
            points_balance=self.points_balance,
            tier=self.tier,
            card_last4=self.card_last4,
            card_type=self.card_type,
            offline=self.offline,
            overdrawn=self.overdrawn,
            completed_at=self.completed_at,
        )


def insert_transactions(connection: Connection, rows: Sequence[TransactionRow]) -> None:
    """Write them all in one statement."""
    if rows:
        connection.execute(
            insert(transactions),
            [asdict(row) | {"kind": row.kind.value, "status": row.status.value} for row in rows],
        )


def transactions_by_id(connection: Connection, ids: Sequence[str]) -> dict[str, TransactionRow]:
    """Those transactions, by id."""
    if not ids:
        return {}
    found = connection.execute(select(transactions).where(transactions.c.id.in_(ids)))
    return {row.id: _transaction(row) for row in found}


def transactions_by_number(
    connection: Connection, merchant_id: str, tx_nos: Sequence[str]
) -> dict[str, TransactionRow]:
    """Those of a merchant's transactions, by number; another merchant's are not there."""
    if not tx_nos:
        return {}
    found = connection.execute(
        select(transactions).where(
            transactions.c.merchant_id == merchant_id, transactions.c.tx_no.in_(tx_nos)
        )
    )
    return {row.tx_no: _transaction(row) for row in found}


def taken_numbers(connection: Connection, tx_nos: Sequence[str]) -> frozenset[str]:
    """Those of the numbers that a transaction of anybody's has."""
    if not tx_nos:
        return frozenset()
    found = connection.execute(select(transactions.c.tx_no).where(transactions.c.tx_no.in_(tx_nos)))
    return frozenset(found.scalars())


def transactions_by_entry(
    connection: Connection, terminal_id: str, entry_ids: Sequence[str]
) -> dict[str, TransactionRow]:
    """What a terminal's entries moved, by the entry's id."""
    if not entry_ids:
        return {}
    found = connection.execute(
        select(transactions).where(
            transactions.c.terminal_id == terminal_id, transactions.c.entry_id.in_(entry_ids)
        )
    )
    return {row.entry_id: _transaction(row) for row in found}


def points_clawed_back(connection: Connection, charge_ids: Sequence[str]) -> dict[str, int]:
    """Points that refunds of those charges took back already, as positive numbers."""
    if not charge_ids:
        return {}
    found = connection.execute(
        select(transactions.c.original_id, func.sum(transactions.c.points_earned))
        .where(transactions.c.original_id.in_(charge_ids))
        .group_by(transactions.c.original_id)
    )
    return {charge_id: -int(points) for charge_id, points in found}


def repeated_order_refs(connection: Connection, merchant_id: str, order_refs: Sequence[str]) -> list[str]:
    """Labels under which the merchant has more than one completed charge."""
    if not order_refs:
        return []
    found = connection.execute(
        select(transactions.c.order_ref)
        .where(
            transactions.c.merchant_id == merchant_id,
            transactions.c.order_ref.in_(order_refs),
            transactions.c.kind == TransactionKind.CHARGE.value,
            transactions.c.status == TransactionStatus.COMPLETED.value,
        )
        .group_by(transactions.c.order_ref)
        .having(func.count() > 1)
        .order_by(transactions.c.order_ref)
    )
    return [row.order_ref for row in found]


def give_back(
    connection: Connection,
    seen: Sequence[TransactionStatus],
    to: TransactionStatus,
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Compare and set: `rows` of `{the_id, given_back}` get a new status and sum given back."""
    connection.execute(
        update(transactions)
        .where(
            transactions.c.id == bindparam("the_id"),
            # Not IN: its parameters cannot go with executemany.
            or_(*(transactions.c.status == status.value for status in seen)),
        )
        .values(status=to.value, given_back=bindparam("given_back")),
        list(rows),
    )


def _transaction(row: Row[tuple[object, ...]]) -> TransactionRow:
    values = dict(row._mapping)
    values["kind"] = TransactionKind(row.kind)
    values["status"] = TransactionStatus(row.status)
    return TransactionRow(**values)
