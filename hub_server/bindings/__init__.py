"""Owns bindings: which member may do what with which card."""

from hub_server.bindings.bind_card import bind_card
from hub_server.bindings.queries import BindingRow, binding_of
from hub_server.bindings.seen_card import seen_card
from hub_server.bindings.states import PRESENTING, BindingRole

__all__ = ["PRESENTING", "BindingRole", "BindingRow", "bind_card", "binding_of", "seen_card"]
