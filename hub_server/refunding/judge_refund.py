"""What may go back of a charge, and the points with it (domain.md, Refund; Tiers and points). Pure.

Amounts in minor units. The charge's row is read under its card's lock.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hub_server.charging import Returned
from hub_server.transactions import TransactionKind, TransactionRow, TransactionStatus
from shared.problems import Code, Refusal

_REFUNDABLE = frozenset({TransactionStatus.COMPLETED, TransactionStatus.REFUNDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrigin:
    """Where a refund comes from: a terminal's entry, or the merchant's own system with neither.

    Attributes:
        shift: the shift in which it stands, where one is known.
        at: gives its business day.
    """

    store_id: str | None
    terminal_id: str | None = None
    entry_id: str | None = None
    entry_seq: int | None = None
    cashier: str | None = None
    shift: str | None = None
    order_ref: str | None = None
    approved_by: str | None = None
    reason: str | None = None
    at: datetime


def refuse_refund(charged: TransactionRow, amount: int) -> Refusal | None:
    """Why that much of the transaction cannot go back; None if it can."""
    if charged.kind is not TransactionKind.CHARGE:
        return Refusal(Code.NOT_REFUNDABLE, f"{charged.tx_no} is a {charged.kind.value}")
    if charged.status not in _REFUNDABLE:
        return Refusal(Code.NOT_REFUNDABLE, f"the charge is {charged.status.value}")
    left = charged.payable - charged.given_back
    if amount > left:
        return Refusal(Code.REFUND_EXCEEDS_REMAINING, f"{left} is left to refund")
    return None


def points_to_take(charged: TransactionRow, amount: int, clawed_back: int) -> int:
    """Points that go with a refund of `amount`, so that in all `floor(earned × refunded / payable)` are gone.

    `clawed_back` were taken by the refunds before it: fewer than they should where the card had spent them, so
    that this one takes those too, as far as the card has them by now.
    """
    gone = charged.points_earned * (charged.given_back + amount) // charged.payable
    return max(0, gone - clawed_back)


def after_refund(charged: TransactionRow, amount: int) -> TransactionRow:
    """The charge with that much more given back; the last of it makes the charge `refunded`."""
    given_back = charged.given_back + amount
    is_whole = given_back == charged.payable
    status = TransactionStatus.REFUNDED if is_whole else TransactionStatus.COMPLETED
    return replace(charged, given_back=given_back, status=status)


def refund_row(
    charged: TransactionRow,
    answer: Returned,
    origin: RefundOrigin,
    *,
    new_id: str,
    tx_no: str,
    now: datetime,
) -> TransactionRow:
    """The refund's own transaction: the charge's particulars, and what went back."""
    return replace(
        charged,
        id=new_id,
        tx_no=tx_no,
        kind=TransactionKind.REFUND,
        status=TransactionStatus.COMPLETED,
        store_id=origin.store_id,
        terminal_id=origin.terminal_id,
        entry_id=origin.entry_id,
        entry_seq=origin.entry_seq,
        original_id=charged.id,
        cashier=origin.cashier,
        shift=origin.shift,
        order_ref=origin.order_ref,
        raw_amount=answer.amount,
        payable=answer.amount,
        given_back=0,
        points_earned=answer.points_earned,
        points_balance=answer.points_after,
        tier=answer.tier,
        offline=False,
        overdrawn=answer.overdrawn,
        at=origin.at,
        completed_at=now,
        approved_by=origin.approved_by,
        reason=origin.reason,
    )
