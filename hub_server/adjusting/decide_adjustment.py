"""The second pair of eyes: another admin approves, and the money moves, or refuses."""

from dataclasses import replace
from datetime import datetime

from hub_server.access import hands_on
from hub_server.adjusting.propose_adjustment import card_to_adjust
from hub_server.adjusting.queries import AdjustmentRow, advance_adjustment, find_adjustment
from hub_server.adjusting.states import TRANSITIONS, AdjustmentState
from hub_server.audit import Actor, AuditName, record
from hub_server.cards import CardRow, add_to_balances
from hub_server.charging import Side, legs_of_payment, legs_of_return
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.ledger import HUB_OWNER, AccountKind, Posting, owned_account_id, post
from hub_server.transactions import (
    TransactionKind,
    TransactionRow,
    TransactionStatus,
    insert_transactions,
    take_transaction_numbers,
)
from shared.problems import Code, CodedError
from shared.rates import FULL_RATE

_ONE_HAND = (
    "the proposer's login and this one may be in the same hands: an admin made or reset one of them, "
    "and its password was not changed since (PUT /auth/password)"
)


def approve_adjustment(
    connection: Connection,
    context: Context,
    *,
    adjustment_id: str,
    at: datetime,
    actor: Actor,
    note: str | None = None,
) -> AdjustmentRow:
    """Approve and move the money; of an adjustment approved already, by whomever, the outcome there is.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for who proposed it, or may have; CONTRADICTORY_ENTRY if it was refused;
            CARD_NOT_ACTIVE for a closed card that it would not settle; INSUFFICIENT_BALANCE if the card holds less than is taken.
    """
    seen, is_open = _look(connection, adjustment_id, AdjustmentState.APPROVED, actor)
    if not is_open:
        return seen
    card = card_to_adjust(connection, seen.card_id, seen.amount)
    if seen.amount < 0 and card.balance < -seen.amount:
        raise CodedError(Code.INSUFFICIENT_BALANCE)
    moved = _transaction(connection, context, seen, card, at, actor)
    insert_transactions(connection, [moved])
    post(connection, _postings(connection, context, seen, card, moved, at))
    add_to_balances(connection, {card.id: seen.amount})
    decided = replace(
        _decided(seen, AdjustmentState.APPROVED, at, actor, note), transaction_id=moved.id, tx_no=moved.tx_no
    )
    _settle(connection, seen, decided)
    event = actor.did(
        AuditName.ADJUSTMENT, "card", card.id, tx_no=moved.tx_no, amount=seen.amount, adjustment=seen.id
    )
    record(connection, at, [event])
    return decided


def refuse_adjustment(
    connection: Connection, *, adjustment_id: str, at: datetime, actor: Actor, note: str | None = None
) -> AdjustmentRow:
    """Refuse: nothing moves, ever; of an adjustment refused already the outcome there is.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for who proposed it, or may have; CONTRADICTORY_ENTRY if it was approved.
    """
    seen, is_open = _look(connection, adjustment_id, AdjustmentState.REFUSED, actor)
    if not is_open:
        return seen
    decided = _decided(seen, AdjustmentState.REFUSED, at, actor, note)
    _settle(connection, seen, decided)
    event = actor.did(AuditName.ADJUSTMENT_REFUSED, "adjustment", seen.id, card=seen.card_id)
    record(connection, at, [event])
    return decided


def _look(
    connection: Connection, adjustment_id: str, to: AdjustmentState, actor: Actor
) -> tuple[AdjustmentRow, bool]:
    """The adjustment under its card's lock, and whether it may still go there; its card never changes."""
    found = find_adjustment(connection, adjustment_id)
    if found is None:
        raise CodedError(Code.NOT_FOUND, "no such adjustment")
    if found.proposed_by == actor.id:
        raise CodedError(Code.FORBIDDEN, "somebody else must decide about one's own proposal")
    if not hands_on(connection, actor.id).isdisjoint(found.proposer_hands):
        raise CodedError(Code.FORBIDDEN, _ONE_HAND)
    lock_rows(connection, "card", [found.card_id])
    seen = find_adjustment(connection, adjustment_id)
    assert seen is not None
    if to in TRANSITIONS[seen.state]:
        return seen, True
    if seen.state is not to:
        raise CodedError(Code.CONTRADICTORY_ENTRY, f"the adjustment was {seen.state.value}")
    return seen, False


def _settle(connection: Connection, seen: AdjustmentRow, decided: AdjustmentRow) -> None:
    if not advance_adjustment(connection, seen.state, decided):
        raise CodedError(Code.SYSTEM_BUSY, "somebody else decided meanwhile")


def _decided(
    seen: AdjustmentRow, to: AdjustmentState, at: datetime, actor: Actor, note: str | None
) -> AdjustmentRow:
    return replace(seen, state=to, decided_by=actor.id, decided_at=at, note=note)


def _transaction(
    connection: Connection,
    context: Context,
    adjustment: AdjustmentRow,
    card: CardRow,
    at: datetime,
    approver: Actor,
) -> TransactionRow:
    amount = abs(adjustment.amount)
    return TransactionRow(
        id=context.ids.new(),
        tx_no=take_transaction_numbers(connection, TransactionKind.ADJUSTMENT, 1)[0],
        kind=TransactionKind.ADJUSTMENT,
        status=TransactionStatus.COMPLETED,
        card_id=card.id,
        raw_amount=amount,
        rate=FULL_RATE,
        payable=amount,
        currency=adjustment.currency,
        points_earned=0,
        points_balance=card.points,
        tier=card.tier,
        card_last4=card.card_no[-4:],
        card_type=card.type_on_wire,
        overdrawn=card.balance + adjustment.amount < 0,
        at=at,
        completed_at=at,
        approved_by=approver.id,
        reason=adjustment.reason,
    )


def _postings(
    connection: Connection,
    context: Context,
    adjustment: AdjustmentRow,
    card: CardRow,
    moved: TransactionRow,
    at: datetime,
) -> list[Posting]:
    """The legs of a payment, or of its return, with promotion expense where those have the merchant."""
    amount = adjustment.amount
    legs = legs_of_return(card.balance, amount) if amount > 0 else legs_of_payment(card.balance, -amount)
    sides = {side for leg in legs for side in (leg.debit, leg.credit)}
    kinds = {
        Side.MERCHANT: (AccountKind.PROMOTION_EXPENSE, HUB_OWNER),
        Side.OVERDRAFT: (AccountKind.OVERDRAFT, card.id),
    }
    accounts = {Side.CARD: card.account_id}
    for side, (kind, owner) in kinds.items():
        if side in sides:
            accounts[side] = owned_account_id(
                connection,
                kind,
                owner,
                currency=adjustment.currency,
                at=at,
                account_id=context.ids.new(),
            )
    return [
        Posting(
            transaction_id=moved.id,
            debit_account=accounts[leg.debit],
            credit_account=accounts[leg.credit],
            amount=leg.amount,
            currency=adjustment.currency,
            posted_at=at,
        )
        for leg in legs
    ]
