"""Use cases freeze_card and unfreeze_card. They live here since freezing revokes the card's codes."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.cards import TRANSITIONS, CardStatus, read_card, set_card_status
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.payment_codes.revoke_code import revoke_codes
from shared.problems import Code, CodedError


def freeze_card(connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str) -> bool:
    """Stop the card and revoke its codes, used and replaced ones too; false if it was frozen already.

    Raises:
        CodedError: CARD_NOT_FOUND; CARD_NOT_ACTIVE for a card that is lost, expired or closed.
    """
    if not _advance(connection, card_id, CardStatus.ACTIVE, CardStatus.FROZEN):
        return False
    record(connection, at, [actor.did(AuditName.CARD_FROZEN, "card", card_id, reason=reason)])
    revoke_codes(connection, card_id=card_id, at=at, actor=actor, reason="card frozen")
    return True


def unfreeze_card(connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str) -> bool:
    """Let the card pay again; false if it was active already. Its revoked codes stay revoked.

    Raises:
        CodedError: CARD_NOT_FOUND; CARD_NOT_ACTIVE for a card that is lost, expired or closed.
    """
    if not _advance(connection, card_id, CardStatus.FROZEN, CardStatus.ACTIVE):
        return False
    record(connection, at, [actor.did(AuditName.CARD_UNFROZEN, "card", card_id, reason=reason)])
    return True


def _advance(connection: Connection, card_id: str, seen: CardStatus, to: CardStatus) -> bool:
    lock_rows(connection, "card", [card_id])
    card = read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if card.status is to:
        return False
    if card.status is not seen or to not in TRANSITIONS[seen]:
        raise CodedError(Code.CARD_NOT_ACTIVE, f"the card is {card.status}")
    return set_card_status(connection, card_id, seen, to)
