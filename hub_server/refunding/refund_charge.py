"""Use case merchant_refund_tx for a merchant's own system (domain.md, Refund; protocol.md 8).

A terminal's refunds are judged by the same rules (journal_intake); only who asks and what is kept differ.
"""

from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.charging import (
    HubMoney,
    LockedWorld,
    MovementToPost,
    Refund,
    Returned,
    WorkingCopy,
    post_movements,
    read_world,
)
from hub_server.foundation.storage import Connection
from hub_server.idempotency import Outcome
from hub_server.merchants import MerchantRow, MerchantStatus, find_merchant
from hub_server.refunding.judge_refund import (
    RefundOrigin,
    after_refund,
    points_to_take,
    refund_row,
    refuse_refund,
)
from hub_server.transactions import (
    TransactionKind,
    TransactionRow,
    insert_transactions,
    points_clawed_back,
    record_given_back,
    take_transaction_numbers,
    transactions_by_id,
    transactions_by_number,
)
from shared.ids import IdSource
from shared.problems import Code, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What is asked.

    Attributes:
        tx_no: the charge's number.
        amount: of what was paid, minor units, within bounds.
        currency: None where it was not told.
        key: the request's idempotency key, for the audit log.
    """

    merchant_id: str
    tx_no: str
    amount: int
    currency: str | None
    reason: str | None
    order_ref: str | None
    key: str
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTools:
    """What refunding is handed besides a connection."""

    ids: IdSource
    money: HubMoney


def refund_charge(connection: Connection, tools: RefundTools, order: RefundOrder, now: datetime) -> Outcome:
    """Decide a refund and write what follows, in the caller's transaction, which holds the key's lock.

    Raises:
        DatabaseBusy: the card's lock was not had in time (by `Database.run`).
    """
    merchant = find_merchant(connection, order.merchant_id)
    if merchant is None or merchant.status is not MerchantStatus.ACTIVE:
        return _refuse(connection, order, Refusal(Code.MERCHANT_NOT_ACTIVE), now)
    seen = transactions_by_number(connection, merchant.id, [order.tx_no]).get(order.tx_no)
    if seen is None:
        return _refuse(connection, order, Refusal(Code.TX_NOT_FOUND), now)
    if order.currency not in (None, seen.currency):
        return _refuse(connection, order, Refusal(Code.CURRENCY_MISMATCH), now)
    locked = read_world(connection, tools.money, code_refs=[], card_ids=[seen.card_id])
    # What it says under its card's lock counts: others may have refunded or reversed it meanwhile.
    charged = transactions_by_id(connection, [seen.id])[seen.id]
    refusal = refuse_refund(charged, order.amount)
    if refusal is not None:
        return _refuse(connection, order, refusal, now)
    row = _give_back(connection, tools, merchant, locked, charged, order, now)
    return Outcome(transaction_id=row.id)


def _refuse(connection: Connection, order: RefundOrder, refusal: Refusal, now: datetime) -> Outcome:
    event = order.actor.did(
        AuditName.REFUND_DECLINED,
        "merchant",
        order.merchant_id,
        key=order.key,
        tx_no=order.tx_no,
        code=refusal.code.value,
    )
    record(connection, now, [event])
    return Outcome(refusal=refusal)


def _give_back(
    connection: Connection,
    tools: RefundTools,
    merchant: MerchantRow,
    locked: LockedWorld,
    charged: TransactionRow,
    order: RefundOrder,
    now: datetime,
) -> TransactionRow:
    copy = WorkingCopy(locked.world)
    clawed_back = points_clawed_back(connection, [charged.id]).get(charged.id, 0)
    answer = copy.answer(
        Refund(
            card_id=charged.card_id,
            amount=order.amount,
            points=points_to_take(charged, order.amount, clawed_back),
            member_id=charged.member_id,
            charged_at=charged.at,
        )
    )
    if not isinstance(answer, Returned):
        raise TypeError("a refund that was judged is never refused")
    (tx_no,) = take_transaction_numbers(connection, TransactionKind.REFUND, 1)
    origin = RefundOrigin(store_id=charged.store_id, order_ref=order.order_ref, reason=order.reason, at=now)
    row = refund_row(charged, answer, origin, new_id=tools.ids.new(), tx_no=tx_no, now=now)
    insert_transactions(connection, [row])
    record_given_back(connection, [after_refund(charged, answer.amount)])
    movement = MovementToPost(
        transaction_id=row.id,
        card_id=row.card_id,
        merchant_account=merchant.account_id,
        currency=row.currency,
        legs=answer.legs,
        points_before=answer.points_before,
        points_after=answer.points_after,
        reason=row.kind.value,
    )
    post_movements(
        connection,
        movements=[movement],
        copy=copy,
        cards=locked.cards,
        ids=tools.ids,
        at=now,
        actor=order.actor,
    )
    event = order.actor.did(
        AuditName.REFUND, "card", row.card_id, tx_no=row.tx_no, payable=row.payable, charge=charged.tx_no
    )
    record(connection, now, [event])
    return row
