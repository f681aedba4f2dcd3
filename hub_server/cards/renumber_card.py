"""Use case: a card gets a new number; account, balance, points, bindings and history stay with it."""

from dataclasses import replace
from datetime import datetime

from hub_server.cards.queries import CardRow, set_number
from hub_server.cards.rules import card_number
from hub_server.foundation.storage import Connection, NumberSequence, take_numbers


def renumber_card(connection: Connection, card: CardRow, *, at: datetime) -> CardRow:
    """The card with a number never given before; the old one is retired. The caller holds the card's lock.

    Raises:
        ValueError: card numbers are used up.
    """
    (serial,) = take_numbers(connection, NumberSequence.CARD)
    number = card_number(card.card_type, serial)
    set_number(connection, card, serial=serial, card_no=number, at=at)
    return replace(card, serial=serial, card_no=number)
