"""Owns bindings: which member may do what with which card, and how one comes to it."""

from hub_server.bindings.bind_card import bind_card, bind_cards
from hub_server.bindings.end_bindings import end_bindings, refuse_last_owner
from hub_server.bindings.give_card import give_card
from hub_server.bindings.invite_member import invite_member
from hub_server.bindings.list_for_member import list_cards
from hub_server.bindings.owned_card import require_owner
from hub_server.bindings.queries import (
    BindingRow,
    Caps,
    binding_of,
    binding_with_id,
    bindings_of_cards,
    bindings_of_member,
)
from hub_server.bindings.queries.owners import cards_of_inactive_owners
from hub_server.bindings.seen_card import seen_card
from hub_server.bindings.set_caps import set_caps
from hub_server.bindings.states import PRESENTING, BindingRole
from hub_server.bindings.visible_binding import visible_binding

__all__ = [
    "PRESENTING",
    "BindingRole",
    "BindingRow",
    "Caps",
    "bind_card",
    "bind_cards",
    "binding_of",
    "binding_with_id",
    "bindings_of_cards",
    "bindings_of_member",
    "cards_of_inactive_owners",
    "end_bindings",
    "give_card",
    "invite_member",
    "list_cards",
    "refuse_last_owner",
    "require_owner",
    "seen_card",
    "set_caps",
    "visible_binding",
]
