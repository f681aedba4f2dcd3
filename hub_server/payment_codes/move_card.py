"""A card goes from one state to another, under its lock: the one way for everybody who stops or frees cards."""

from hub_server.cards import TRANSITIONS, CardRow, CardStatus, read_card, set_card_status
from hub_server.foundation.storage import Connection, lock_rows
from shared.problems import Code, CodedError


def locked_card(connection: Connection, card_id: str) -> CardRow:
    """The card under its lock.

    Raises:
        CodedError: CARD_NOT_FOUND.
    """
    lock_rows(connection, "card", [card_id])
    card = read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    return card


def move_card(connection: Connection, card: CardRow, to: CardStatus) -> bool:
    """Move a locked card; false if it was there already.

    Raises:
        CodedError: CARD_NOT_ACTIVE; no such move from the state in which the card is.
    """
    if card.status is to:
        return False
    if to not in TRANSITIONS[card.status]:
        raise CodedError(Code.CARD_NOT_ACTIVE, f"the card is {card.status}")
    return set_card_status(connection, card.id, card.status, to)
