"""Owns bindings: which member may do what with which card."""

from hub_server.bindings.bind_card import bind_card, bind_cards
from hub_server.bindings.list_for_member import list_cards
from hub_server.bindings.queries import BindingRow, binding_of
from hub_server.bindings.seen_card import seen_card
from hub_server.bindings.states import PRESENTING, BindingRole

__all__ = [
    "PRESENTING",
    "BindingRole",
    "BindingRow",
    "bind_card",
    "bind_cards",
    "binding_of",
    "list_cards",
    "seen_card",
]
