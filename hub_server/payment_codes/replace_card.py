"""Use cases of a lost card: it is reported (掛失), and replaced (補卡). Both revoke the card's codes."""

from dataclasses import replace
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.cards import REPLACEABLE, CardRow, CardStatus, renumber_card
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.move_card import locked_card, move_card
from hub_server.payment_codes.revoke_code import revoke_codes
from shared.problems import Code, CodedError


def report_lost(connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str) -> bool:
    """Stop the card for good under this number; false if it was lost already.

    Raises:
        CodedError: CARD_NOT_FOUND; CARD_NOT_ACTIVE for a card that is expired or closed.
    """
    if not move_card(connection, locked_card(connection, card_id), CardStatus.LOST):
        return False
    record(connection, at, [actor.did(AuditName.CARD_LOST, "card", card_id, reason=reason)])
    revoke_codes(connection, card_id=card_id, at=at, actor=actor, reason="card lost")
    return True


def replace_card(connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str) -> CardRow:
    """Give the card a new number and let it pay; account, balance, points, bindings and history stay.

    So a charge that a terminal took offline with an old code still settles on the same account.

    Raises:
        CodedError: CARD_NOT_FOUND; CARD_NOT_ACTIVE for a card that is frozen, expired or closed.
    """
    card = locked_card(connection, card_id)
    if card.status not in REPLACEABLE:
        raise CodedError(Code.CARD_NOT_ACTIVE, f"the card is {card.status}")
    move_card(connection, card, CardStatus.ACTIVE)
    renewed = replace(renumber_card(connection, card, at=at), status=CardStatus.ACTIVE)
    event = actor.did(
        AuditName.CARD_REPLACED, "card", card.id, old=card.card_no, new=renewed.card_no, reason=reason
    )
    record(connection, at, [event])
    revoke_codes(connection, card_id=card_id, at=at, actor=actor, reason="card replaced")
    return renewed
