"""A card that its owner is about to change something about, under its lock."""

from datetime import datetime

from hub_server.bindings.queries import binding_of
from hub_server.bindings.states import BindingRole
from hub_server.cards import CardRow, CardStatus, read_card
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import require_active
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def owned_card(connection: Connection, card_id: str, member_id: str) -> CardRow:
    """Lock the card of an active member who owns it; it may be in any state.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it), FORBIDDEN (bound, and no owner),
            MEMBER_NOT_ACTIVE.
    """
    if is_uuid7(card_id):
        lock_rows(connection, "card", [card_id])
    require_owner(connection, card_id, member_id)
    require_active(connection, member_id)
    card = read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    return card


def require_owner(connection: Connection, card_id: str, member_id: str) -> None:
    """Refuse everybody but the card's owners.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it), FORBIDDEN (bound, and no owner).
    """
    binding = binding_of(connection, card_id, member_id) if is_uuid7(card_id) else None
    if binding is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if binding.role is not BindingRole.OWNER:
        raise CodedError(Code.FORBIDDEN, "only an owner of the card may do this")


def require_shareable(card: CardRow) -> None:
    """Refuse cards that only their owner may hold.

    Raises:
        CodedError: CARD_TYPE_NOT_SHAREABLE.
    """
    if not card.is_shareable:
        raise CodedError(Code.CARD_TYPE_NOT_SHAREABLE)


def require_binding_card(card: CardRow, at: datetime) -> None:
    """Refuse cards that bind nobody: only an active one does, until it expires.

    Raises:
        CodedError: CARD_NOT_ACTIVE.
    """
    if card.status is not CardStatus.ACTIVE:
        raise CodedError(Code.CARD_NOT_ACTIVE, f"the card is {card.status}")
    if card.expires_at is not None and card.expires_at <= at:
        raise CodedError(Code.CARD_NOT_ACTIVE, "the card has expired")
