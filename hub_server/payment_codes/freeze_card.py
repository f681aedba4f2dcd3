"""Use cases freeze_card and unfreeze_card. They live here since freezing revokes the card's codes."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.cards import CardStatus
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.move_card import locked_card, move_card
from hub_server.payment_codes.revoke_code import revoke_codes
from shared.problems import Code, CodedError


def freeze_card(connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str) -> bool:
    """Stop the card and revoke its codes, used and replaced ones too; false if it was frozen already.

    Raises:
        CodedError: CARD_NOT_FOUND; CARD_NOT_ACTIVE for a card that is lost, expired or closed.
    """
    if not move_card(connection, locked_card(connection, card_id), CardStatus.FROZEN):
        return False
    record(connection, at, [actor.did(AuditName.CARD_FROZEN, "card", card_id, reason=reason)])
    revoke_codes(connection, card_id=card_id, at=at, actor=actor, reason="card frozen")
    return True


def unfreeze_card(connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str) -> bool:
    """Let the card pay again; false if it was active already. Its revoked codes stay revoked.

    Raises:
        CodedError: CARD_NOT_FOUND; CARD_NOT_ACTIVE for a card that is lost, expired or closed.
    """
    card = locked_card(connection, card_id)
    if card.status is CardStatus.LOST:
        raise CodedError(Code.CARD_NOT_ACTIVE, "a lost card is replaced or closed")
    if not move_card(connection, card, CardStatus.ACTIVE):
        return False
    record(connection, at, [actor.did(AuditName.CARD_UNFROZEN, "card", card_id, reason=reason)])
    return True
