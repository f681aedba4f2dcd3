"""What a merchant is told of its transactions and days."""

from collections.abc import Mapping
from datetime import date, datetime

from hub_server.merchants import StoreRow
from hub_server.transactions import KindSums, TransactionKind, TransactionRow, TransactionStatus
from shared.api.messages import Message
from shared.api.transactions import CardTypeName, TransactionType
from shared.clock import WireInstant


class OwnTransaction(Message):
    """A transaction of the merchant; amounts in minor units, `rate` in 1/10,000.

    `at` gives its business day; `given_back` is what refunds and a reversal returned of it; `original_tx_no` names
    the charge that a refund or reversal belongs to.
    """

    id: str
    tx_no: str
    type: TransactionType
    status: TransactionStatus
    store_id: str | None
    terminal_id: str | None
    cashier: str | None
    shift: str | None
    order_ref: str | None
    original_tx_no: str | None
    raw_amount: int
    rate: int
    payable: int
    given_back: int
    currency: str
    points_earned: int
    card_last4: str
    card_type: CardTypeName
    offline: bool
    at: WireInstant
    completed_at: WireInstant

    @classmethod
    def of(cls, row: TransactionRow, original_tx_no: str | None) -> "OwnTransaction":
        """The message of a row."""
        return cls(
            id=row.id,
            tx_no=row.tx_no,
            type=row.kind.value,
            status=row.status,
            store_id=row.store_id,
            terminal_id=row.terminal_id,
            cashier=row.cashier,
            shift=row.shift,
            order_ref=row.order_ref,
            original_tx_no=original_tx_no,
            raw_amount=row.raw_amount,
            rate=row.rate,
            payable=row.payable,
            given_back=row.given_back,
            currency=row.currency,
            points_earned=row.points_earned,
            card_last4=row.card_last4,
            card_type=row.card_type,
            offline=row.offline,
            at=row.at,
            completed_at=row.completed_at,
        )


class OwnTransactions(Message):
    """A page, the newest first."""

    items: tuple[OwnTransaction, ...]
    next_cursor: str | None


class KindOfDay(Message):
    """How many, and their sum in minor units; of these, `late_…` were completed only after the day was over (an
    offline charge that settled later): adjustments of a day whose slip never changes (domain.md, Days)."""

    count: int
    amount: int
    late_count: int
    late_amount: int

    @classmethod
    def of(cls, sums: KindSums) -> "KindOfDay":
        """The message of one kind's sums."""
        return cls(
            count=sums.count,
            amount=sums.amount,
            late_count=sums.late_count,
            late_amount=sums.late_amount,
        )


class StoreDay(Message):
    """A store's business day, from `begins_at` to before `ends_at`; `net` is what stays in minor units.

    What goes back counts at the store of its charge, wherever it was asked for. Without a store: charges by API key,
    and what went back of them.
    """

    store_id: str | None
    store_name: str | None
    begins_at: WireInstant
    ends_at: WireInstant
    charges: KindOfDay
    reversals: KindOfDay
    refunds: KindOfDay
    net: int

    @classmethod
    def of(
        cls, store: StoreRow | None, begin: datetime, end: datetime, sums: Mapping[TransactionKind, KindSums]
    ) -> "StoreDay":
        """The message of a store's sums by kind; None for what was charged without one."""
        charges, reversals, refunds = (
            sums.get(kind, KindSums())
            for kind in (TransactionKind.CHARGE, TransactionKind.REVERSAL, TransactionKind.REFUND)
        )
        return cls(
            store_id=None if store is None else store.id,
            store_name=None if store is None else store.name,
            begins_at=begin,
            ends_at=end,
            charges=KindOfDay.of(charges),
            reversals=KindOfDay.of(reversals),
            refunds=KindOfDay.of(refunds),
            net=charges.amount - reversals.amount - refunds.amount,
        )


class DailySummary(Message):
    """Every store's business day of one date, and their `net` together, in minor units of `currency`.

    Last, where there was any, what was charged without a store.
    """

    date: date
    currency: str
    stores: tuple[StoreDay, ...]
    net: int
