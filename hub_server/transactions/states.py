"""Transactions' kinds and states, and which state may follow which. Pure."""

from enum import StrEnum


class TransactionKind(StrEnum):
    """What moved money; the number's prefix follows (PAY, REF, REV, RCG, ADJ)."""

    CHARGE = "charge"
    REFUND = "refund"
    REVERSAL = "reversal"
    TOP_UP = "top_up"
    ADJUSTMENT = "adjustment"


class TransactionStatus(StrEnum):
    """`processing` never outlives its database transaction."""

    PROCESSING = "processing"
    COMPLETED = "completed"
    REFUNDED = "refunded"
    REVERSED = "reversed"
    FAILED = "failed"


TRANSITIONS: dict[TransactionStatus, frozenset[TransactionStatus]] = {
    TransactionStatus.PROCESSING: frozenset({TransactionStatus.COMPLETED, TransactionStatus.FAILED}),
    TransactionStatus.COMPLETED: frozenset({TransactionStatus.REFUNDED, TransactionStatus.REVERSED}),
    TransactionStatus.REFUNDED: frozenset({TransactionStatus.REVERSED}),
    TransactionStatus.REVERSED: frozenset(),
    TransactionStatus.FAILED: frozenset(),
}
