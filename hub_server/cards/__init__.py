"""Owns cards: stored-value accounts, their type, status and cached balance."""

from hub_server.cards.issue_cards import NewCard, issue_card, issue_cards
from hub_server.cards.queries import (
    CardRow,
    add_to_balances,
    cards_by_id,
    cards_by_serial,
    read_card,
    set_card_status,
    set_points,
)
from hub_server.cards.rules import card_number, is_card_number, last4
from hub_server.cards.states import TRANSITIONS, CardStatus, CardTypeName

__all__ = [
    "TRANSITIONS",
    "CardRow",
    "CardStatus",
    "CardTypeName",
    "NewCard",
    "add_to_balances",
    "card_number",
    "cards_by_id",
    "cards_by_serial",
    "is_card_number",
    "issue_card",
    "issue_cards",
    "last4",
    "read_card",
    "set_card_status",
    "set_points",
]
