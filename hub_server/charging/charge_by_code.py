"""Use case merchant_charge_by_qr for a merchant's own system: a whole code, decided at once (protocol.md 8).

A terminal's charges are decided by the same `WorkingCopy` (journal_intake); only who asks and what is kept differ.
"""

from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.charging.post_movements import MovementToPost, post_movements
from hub_server.charging.read_world import HubMoney, LockedWorld, read_world
from hub_server.charging.repeated_labels import repeated_label_news
from hub_server.charging.rules.answers import Completed, Declined
from hub_server.charging.rules.asks import LiveCharge
from hub_server.charging.rules.working_copy import WorkingCopy
from hub_server.foundation.outbox import enqueue
from hub_server.foundation.storage import Connection
from hub_server.idempotency import NO_OUTCOMES, Outcome
from hub_server.merchants import MerchantRow, MerchantStatus, find_merchant
from hub_server.transactions import (
    TransactionKind,
    TransactionRow,
    TransactionStatus,
    insert_transactions,
    take_transaction_numbers,
)
from shared.ids import IdSource
from shared.payment_code import Claims
from shared.problems import Code, CodedError, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCharge:
    """What is asked.

    Attributes:
        claims: of a code whose secret was checked; None for what is no good code (INVALID_QR).
        amount: raw, minor units, within bounds.
        key: the request's idempotency key, for the audit log.
        at: when it was asked, at which the code's life is judged.
    """

    merchant_id: str
    claims: Claims | None
    amount: int
    currency: str
    order_ref: str | None
    key: str
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeTools:
    """What charging is handed besides a connection; seconds."""

    ids: IdSource
    money: HubMoney
    skew_s: int


def charge_by_code(connection: Connection, tools: ChargeTools, order: CodeCharge, now: datetime) -> Outcome:
    """Decide a charge and write what follows, in the caller's transaction, which holds the key's lock.

    Raises:
        CodedError: SERVICE_SUSPENDED; nothing is decided.
        DatabaseBusy: the card's lock was not had in time (by `Database.run`).
    """
    merchant = find_merchant(connection, order.merchant_id)
    if merchant is None or merchant.status is not MerchantStatus.ACTIVE:
        return _refuse(connection, order, Refusal(Code.MERCHANT_NOT_ACTIVE), now)
    claims = order.claims
    locked = read_world(
        connection,
        tools.money,
        code_refs=[claims.code_ref] if claims is not None else [],
        card_ids=[],
        charged_at=[order.at],
    )
    copy = WorkingCopy(locked.world)
    answer = copy.answer(
        LiveCharge(
            claims=claims,
            merchant_id=merchant.id,
            amount=order.amount,
            currency=order.currency,
            at=order.at,
            skew_s=tools.skew_s,
        )
    )
    if isinstance(answer, Declined):
        return _refuse(connection, order, answer.refusal, now)
    if not isinstance(answer, Completed):
        raise TypeError("a live charge is completed or declined")
    row = _row(connection, tools, order, answer, copy, now)
    _write(connection, tools, _Paid(merchant, locked, copy, answer, row), order, now)
    return Outcome(transaction_id=row.id)


@dataclass(frozen=True, slots=True)
class _Paid:
    """A completed charge with what it was decided upon."""

    merchant: MerchantRow
    locked: LockedWorld
    copy: WorkingCopy
    answer: Completed
    row: TransactionRow


def _refuse(connection: Connection, order: CodeCharge, refusal: Refusal, now: datetime) -> Outcome:
    if refusal.code in NO_OUTCOMES:
        raise CodedError(refusal.code, refusal.detail)
    event = order.actor.did(
        AuditName.PAYMENT_DECLINED,
        "merchant",
        order.merchant_id,
        key=order.key,
        code=refusal.code.value,
    )
    record(connection, now, [event])
    return Outcome(refusal=refusal)


def _row(
    connection: Connection,
    tools: ChargeTools,
    order: CodeCharge,
    answer: Completed,
    copy: WorkingCopy,
    now: datetime,
) -> TransactionRow:
    if order.claims is None or answer.card_id is None:
        raise ValueError("only a good code of a card moves money")
    (tx_no,) = take_transaction_numbers(connection, TransactionKind.CHARGE, 1)
    return TransactionRow(
        id=tools.ids.new(),
        tx_no=tx_no,
        kind=TransactionKind.CHARGE,
        status=TransactionStatus.COMPLETED,
        card_id=answer.card_id,
        merchant_id=order.merchant_id,
        store_id=None,
        terminal_id=None,
        entry_id=None,
        code_ref=answer.code_ref,
        original_id=None,
        cashier=None,
        shift=None,
        order_ref=order.order_ref,
        raw_amount=order.amount,
        rate=answer.rate,
        payable=answer.payable,
        given_back=0,
        currency=order.currency,
        points_earned=answer.points_earned,
        points_balance=answer.points_after,
        tier=answer.tier,
        card_last4=f"{order.claims.last4:04d}",
        card_type=copy.card(answer.card_id).card_type,
        offline=answer.offline,
        overdrawn=answer.overdrawn,
        at=order.at,
        completed_at=now,
        member_id=answer.member_id,
    )


def _write(connection: Connection, tools: ChargeTools, paid: _Paid, order: CodeCharge, now: datetime) -> None:
    row = paid.row
    insert_transactions(connection, [row])
    post_movements(
        connection,
        movements=[
            MovementToPost(
                transaction_id=row.id,
                card_id=row.card_id,
                merchant_account=paid.merchant.account_id,
                currency=row.currency,
                legs=paid.answer.legs,
                points_before=paid.answer.points_before,
                points_after=paid.answer.points_after,
                reason=row.kind.value,
            )
        ],
        copy=paid.copy,
        cards=paid.locked.cards,
        ids=tools.ids,
        at=now,
        actor=order.actor,
    )
    event = order.actor.did(AuditName.PAYMENT, "card", row.card_id, tx_no=row.tx_no, payable=row.payable)
    record(connection, now, [event])
    enqueue(connection, now, repeated_label_news(connection, order.merchant_id, [row]))
