"""The first pair of eyes: an admin proposes that a card's balance be changed by hand."""

import hashlib
from datetime import datetime

from hub_server.access import hands_on
from hub_server.adjusting.queries import AdjustmentRow, adjustment_of_request, insert_adjustment
from hub_server.adjusting.states import AdjustmentState
from hub_server.audit import Actor, AuditName, record
from hub_server.cards import CardRow, CardStatus, read_card
from hub_server.foundation.storage import Connection, lock_rows
from shared.ids import IdSource
from shared.money import is_chargeable
from shared.problems import Code, CodedError


def propose_adjustment(
    connection: Connection,
    ids: IdSource,
    *,
    card_id: str,
    amount: int,
    reason: str,
    at: datetime,
    actor: Actor,
    request_key: str | None = None,
) -> AdjustmentRow:
    """Propose to give a card `amount` minor units, or to take them where it is below zero; nothing moves yet.

    A frozen, lost or expired card may be adjusted: people handle its case. So may a closed one, to exactly zero: a
    refund has reached it, or a charge that was made offline. The same request under the same key of the same actor
    proposes once: the proposal there is, whatever has become of it.

    Raises:
        CodedError: INVALID_AMOUNT (zero, or beyond the bounds of domain.md), CARD_NOT_FOUND,
            CARD_NOT_ACTIVE for a closed card whose balance would not be zero, IDEMPOTENCY_CONFLICT (the
            key came with another request).
    """
    if not is_chargeable(abs(amount)):
        raise CodedError(Code.INVALID_AMOUNT)
    request_hash = None if request_key is None else _request_hash(actor, request_key)
    if request_hash is not None:
        lock_rows(connection, "request", [request_hash.hex()])
        before = adjustment_of_request(connection, request_hash)
        if before is not None:
            if (before.card_id, before.amount, before.reason) != (card_id, amount, reason):
                raise CodedError(Code.IDEMPOTENCY_CONFLICT)
            return before
    card = card_to_adjust(connection, card_id, amount)
    row = AdjustmentRow(
        id=ids.new(),
        card_id=card.id,
        amount=amount,
        currency=card.currency,
        reason=reason,
        state=AdjustmentState.PROPOSED,
        proposed_by=actor.id,
        proposed_at=at,
        request_hash=request_hash,
        proposer_hands=tuple(sorted(hands_on(connection, actor.id))),
    )
    insert_adjustment(connection, row)
    event = actor.did(
        AuditName.ADJUSTMENT_PROPOSED, "adjustment", row.id, card=card.id, amount=amount, reason=reason
    )
    record(connection, at, [event])
    return row


def _request_hash(actor: Actor, key: str) -> bytes:
    return hashlib.sha256(f"{actor.kind}:{actor.id}:{key}".encode()).digest()


def card_to_adjust(connection: Connection, card_id: str, amount: int) -> CardRow:
    """The card, if `amount` may go to it now, or from it where below zero; a closed one is only ever settled.

    Raises:
        CodedError: CARD_NOT_FOUND, CARD_NOT_ACTIVE.
    """
    card = read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if card.status is CardStatus.CLOSED and card.balance + amount != 0:
        settles = (
            f"only {-card.balance} {card.currency} settles it" if card.balance else "nothing is left on it"
        )
        raise CodedError(Code.CARD_NOT_ACTIVE, f"the card is closed, and {settles}")
    return card
