"""Owns the decision on money at a counter: what a charge, an advice or a reversal does to a card."""

from hub_server.charging.post_movements import MovementToPost, post_movements
from hub_server.charging.queries import CardRecord
from hub_server.charging.read_world import HubMoney, LockedWorld, read_world
from hub_server.charging.rules.answers import Answer, Completed, Declined, Leg, Returned, Side
from hub_server.charging.rules.asks import Ask, LiveCharge, Reversal, Seller, Settlement
from hub_server.charging.rules.decide import WorkingCopy, decide
from hub_server.charging.rules.world import Card, Code, World
from hub_server.charging.states import CodeState

__all__ = [
    "Answer",
    "Ask",
    "Card",
    "CardRecord",
    "Code",
    "CodeState",
    "Completed",
    "Declined",
    "HubMoney",
    "Leg",
    "LiveCharge",
    "LockedWorld",
    "MovementToPost",
    "Returned",
    "Reversal",
    "Seller",
    "Settlement",
    "Side",
    "WorkingCopy",
    "World",
    "decide",
    "post_movements",
    "read_world",
]
