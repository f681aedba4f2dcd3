"""Owns cards: stored-value accounts, their type, number, status and cached balance."""

from hub_server.cards.issue_cards import NewCard, issue_card, issue_cards
from hub_server.cards.queries import (
    CardFilter,
    CardRow,
    add_to_balances,
    binding_password_hash,
    card_by_number,
    cards_by_id,
    cards_by_serial,
    find_cards,
    overdue_cards,
    read_card,
    retired_numbers,
    set_binding_password_hash,
    set_card_status,
    set_points,
)
from hub_server.cards.renumber_card import renumber_card
from hub_server.cards.rules import card_number, is_card_number, last4, type_of_number
from hub_server.cards.states import REPLACEABLE, SHAREABLE, TRANSITIONS, CardStatus, CardTypeName

__all__ = [
    "REPLACEABLE",
    "SHAREABLE",
    "TRANSITIONS",
    "CardFilter",
    "CardRow",
    "CardStatus",
    "CardTypeName",
    "NewCard",
    "add_to_balances",
    "binding_password_hash",
    "card_by_number",
    "card_number",
    "cards_by_id",
    "cards_by_serial",
    "find_cards",
    "is_card_number",
    "issue_card",
    "issue_cards",
    "last4",
    "overdue_cards",
    "read_card",
    "renumber_card",
    "retired_numbers",
    "set_binding_password_hash",
    "set_card_status",
    "set_points",
    "type_of_number",
]
