"""Owns adjustments: money that people move by hand, proposed by one admin and approved by another."""

from hub_server.adjusting.close_card import close_card
from hub_server.adjusting.decide_adjustment import approve_adjustment, refuse_adjustment
from hub_server.adjusting.list_adjustments import list_adjustments, look_alikes
from hub_server.adjusting.propose_adjustment import propose_adjustment
from hub_server.adjusting.queries import AdjustmentRow
from hub_server.adjusting.states import AdjustmentState

__all__ = [
    "AdjustmentRow",
    "AdjustmentState",
    "approve_adjustment",
    "close_card",
    "list_adjustments",
    "look_alikes",
    "propose_adjustment",
    "refuse_adjustment",
]
