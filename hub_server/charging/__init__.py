"""Owns the decision on money at a counter: what a charge, an advice or a reversal does to a card."""

from hub_server.charging.post_movements import MovementToPost, post_movements
from hub_server.charging.queries import CardRecord
from hub_server.charging.read_world import HubMoney, LockedWorld, read_world
from hub_server.charging.rules.answers import (
    Answer,
    Completed,
    Declined,
    Leg,
    Returned,
    Side,
    legs_of_payment,
    legs_of_return,
)
from hub_server.charging.rules.asks import Ask, LiveCharge, Refund, Reversal, Settlement
from hub_server.charging.rules.working_copy import WorkingCopy
from hub_server.charging.rules.world import Card, Code, World

__all__ = [
    "Answer",
    "Ask",
    "Card",
    "CardRecord",
    "Code",
    "Completed",
    "Declined",
    "HubMoney",
    "Leg",
    "LiveCharge",
    "LockedWorld",
    "MovementToPost",
    "Refund",
    "Returned",
    "Reversal",
    "Settlement",
    "Side",
    "WorkingCopy",
    "World",
    "legs_of_payment",
    "legs_of_return",
    "post_movements",
    "read_world",
]
