"""Use case close_card (銷戶). It lives here since an adjustment that waits holds the account open."""

from datetime import datetime, timedelta

from hub_server.adjusting.queries import has_open_adjustment, last_expiry_counted
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import bindings_of_cards, end_bindings
from hub_server.cards import CardRow, CardStatus
from hub_server.foundation.storage import Connection
from hub_server.payment_codes import locked_card, move_card, revoke_codes
from shared.clock import to_wire
from shared.problems import Code, CodedError


def close_card(
    connection: Connection,
    *,
    card_id: str,
    offline_max_duration: timedelta,
    at: datetime,
    actor: Actor,
    reason: str,
) -> bool:
    """Close an empty card for good; its bindings end. False if it was closed already.

    Raises:
        CodedError: CARD_NOT_FOUND; INSUFFICIENT_BALANCE (an overdraft is owed), INVALID_AMOUNT (money is
            left), CONTRADICTORY_ENTRY (an adjustment waits, or a charge by one of its codes may be on its way
            from a terminal that was offline, and until when).
    """
    card = locked_card(connection, card_id)
    if card.status is CardStatus.CLOSED:
        return False
    _refuse_unsettled(connection, card)
    _refuse_expected(connection, card, at, offline_max_duration)
    move_card(connection, card, CardStatus.CLOSED)
    record(connection, at, [actor.did(AuditName.CARD_CLOSED, "card", card_id, reason=reason)])
    end_bindings(connection, bindings_of_cards(connection, [card_id]), at=at, actor=actor)
    revoke_codes(connection, card_id=card_id, at=at, actor=actor, reason="card closed")
    return True


def _refuse_unsettled(connection: Connection, card: CardRow) -> None:
    if card.balance < 0:
        raise CodedError(Code.INSUFFICIENT_BALANCE, f"{-card.balance} {card.currency} are owed")
    if card.balance > 0:
        raise CodedError(Code.INVALID_AMOUNT, f"{card.balance} {card.currency} are left on the card")
    if has_open_adjustment(connection, card.id):
        raise CodedError(Code.CONTRADICTORY_ENTRY, "an adjustment of the card waits for a decision")


def _refuse_expected(connection: Connection, card: CardRow, at: datetime, max_duration: timedelta) -> None:
    expiry = last_expiry_counted(connection, card.id, at - max_duration)
    if expiry is not None:
        until = to_wire(expiry + max_duration)
        detail = f"a payment made offline by one of its codes may still arrive, until {until}; freeze the card first"
        raise CodedError(Code.CONTRADICTORY_ENTRY, detail)
