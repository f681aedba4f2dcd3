"""Transactions as they are planned at the desk; numbers come when they are written."""

from hub_server.charging import Completed, Refund, Returned, Reversal
from hub_server.journal_intake.desk import Desk
from hub_server.journal_intake.track import Track
from hub_server.refunding import RefundOrigin, points_to_take, refund_row
from hub_server.transactions import TransactionKind, TransactionRow, TransactionStatus
from shared.journal_entries import Decision, RefundData, ReversalData, ReversalReason


def plan_charge(
    desk: Desk, charge: Track, answer: Completed, known: Decision | None = None
) -> TransactionRow:
    """The transaction of a completed charge; what is `known` of it gives its number and time back."""
    asked, claims = charge.charge, charge.incoming.claims
    if asked is None or claims is None or answer.card_id is None:
        raise ValueError("only a well-formed charge of a card moves money")
    row = TransactionRow(
        id=desk.new_id(),
        tx_no=_number(known),
        kind=TransactionKind.CHARGE,
        status=TransactionStatus.COMPLETED,
        card_id=answer.card_id,
        merchant_id=desk.facts.merchant_id,
        store_id=desk.facts.store_id,
        terminal_id=desk.facts.terminal_id,
        entry_id=charge.id,
        entry_seq=charge.seq,
        code_ref=answer.code_ref,
        original_id=None,
        cashier=asked.cashier,
        shift=asked.shift,
        order_ref=asked.order_ref,
        raw_amount=asked.amount,
        rate=answer.rate,
        payable=answer.payable,
        given_back=0,
        currency=asked.currency,
        points_earned=answer.points_earned,
        points_balance=answer.points_after,
        tier=answer.tier,
        card_last4=f"{claims.last4:04d}",
        card_type=desk.copy.card(answer.card_id).card_type,
        offline=answer.offline,
        overdrawn=answer.overdrawn,
        at=charge.incoming.entry.at,
        completed_at=known.decided_at if known is not None else desk.now,
        member_id=answer.member_id,
    )
    desk.record_movement(row, answer.legs, answer.points_before)
    return row


def plan_reversal(
    desk: Desk, charged: TransactionRow, reversal: Track, known: Decision | None = None
) -> TransactionRow:
    """Undo a charge: the reversal's own transaction, and the charge marked."""
    answer = desk.copy.answer(
        Reversal(
            card_id=charged.card_id,
            code_ref=charged.code_ref,
            amount_left=charged.payable - charged.given_back,
            points_left=_points_taken(known) if known is not None else desk.points_left(charged),
            by_advice=charged.offline,
            member_id=charged.member_id,
            charged_at=charged.at,
            now=desk.now,
        )
    )
    if not isinstance(answer, Returned):
        raise TypeError("a reversal is never refused")
    row = _row_of_reversal(desk, charged, reversal, answer, known)
    desk.record_movement(row, answer.legs, answer.points_before)
    desk.mark_reversed(charged)
    return row


def plan_refund(
    desk: Desk,
    charged: TransactionRow,
    track: Track,
    asked: RefundData,
    known: Decision | None = None,
) -> TransactionRow:
    """Give a part or all of a charge back: the refund's own transaction, and what it leaves of the charge."""
    due = points_to_take(charged, asked.amount, desk.clawed_back(charged))
    answer = desk.copy.answer(
        Refund(
            card_id=charged.card_id,
            amount=asked.amount,
            points=_points_taken(known) if known is not None else due,
            member_id=charged.member_id,
            charged_at=charged.at,
        )
    )
    if not isinstance(answer, Returned):
        raise TypeError("a refund that was judged is never refused")
    entry = track.incoming.entry
    origin = RefundOrigin(
        store_id=desk.facts.store_id,
        terminal_id=desk.facts.terminal_id,
        entry_id=entry.id,
        entry_seq=entry.seq,
        cashier=asked.cashier,
        shift=desk.shift_at(entry.seq),
        order_ref=charged.order_ref,
        approved_by=asked.approved_by,
        reason=asked.reason,
        at=entry.at,
    )
    decided_at = known.decided_at if known is not None else desk.now
    row = refund_row(charged, answer, origin, new_id=desk.new_id(), tx_no=_number(known), now=decided_at)
    desk.record_movement(row, answer.legs, answer.points_before)
    desk.mark_refunded(charged, answer.amount, -answer.points_earned)
    return row


def _number(known: Decision | None) -> str:
    return (known.tx_no if known is not None else None) or ""


def _points_taken(known: Decision) -> int:
    return -(known.points_earned or 0)


def _row_of_reversal(
    desk: Desk, charged: TransactionRow, reversal: Track, answer: Returned, known: Decision | None
) -> TransactionRow:
    """The row of a reversal: the charge's particulars, what went back, and why; a void was approved by somebody."""
    asked = reversal.incoming.data
    if not isinstance(asked, ReversalData):
        raise TypeError("only a well-formed reversal undoes a charge")
    is_void = asked.reason is ReversalReason.VOID
    return TransactionRow(
        id=desk.new_id(),
        tx_no=_number(known),
        kind=TransactionKind.REVERSAL,
        status=TransactionStatus.COMPLETED,
        card_id=charged.card_id,
        merchant_id=charged.merchant_id,
        store_id=charged.store_id,
        terminal_id=desk.facts.terminal_id,
        entry_id=reversal.id,
        entry_seq=reversal.seq,
        code_ref=charged.code_ref,
        original_id=charged.id,
        cashier=charged.cashier,
        shift=charged.shift,
        order_ref=charged.order_ref,
        raw_amount=charged.raw_amount,
        rate=charged.rate,
        payable=answer.amount,
        given_back=0,
        currency=charged.currency,
        points_earned=answer.points_earned,
        points_balance=answer.points_after,
        tier=answer.tier,
        card_last4=charged.card_last4,
        card_type=charged.card_type,
        offline=charged.offline,
        overdrawn=answer.overdrawn,
        at=reversal.incoming.entry.at,
        completed_at=known.decided_at if known is not None else desk.now,
        member_id=charged.member_id,
        approved_by=asked.approved_by if is_void else None,
        reason=asked.reason.value,
    )
