"""Owns the decision on money at a counter: what a charge, an advice or a reversal does to a card."""

from hub_server.charging.post_movements import MovementToPost, post_movements
from hub_server.charging.queries import CardRecord, ServiceChange
from hub_server.charging.read_world import HubMoney, LockedWorld, hub_money, read_world
from hub_server.charging.repeated_labels import repeated_label_news
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
from hub_server.charging.rules.asks import (
    Ask,
    KnownCharge,
    LiveCharge,
    Refund,
    Reversal,
    Settlement,
)
from hub_server.charging.rules.spending import Spent
from hub_server.charging.rules.working_copy import WorkingCopy
from hub_server.charging.rules.world import WHOLE_FACTOR, Card, Code, Limits, World
from hub_server.charging.states import ServiceState
from hub_server.charging.switch_service import resume_service, service_state, suspend_service
from hub_server.charging.tell_merchant import Told, read_told, tell_merchant
from hub_server.charging.trace_refusals import RefusalTraces

__all__ = [
    "WHOLE_FACTOR",
    "Answer",
    "Ask",
    "Card",
    "CardRecord",
    "Code",
    "Completed",
    "Declined",
    "HubMoney",
    "KnownCharge",
    "Leg",
    "Limits",
    "LiveCharge",
    "LockedWorld",
    "MovementToPost",
    "Refund",
    "RefusalTraces",
    "Returned",
    "Reversal",
    "ServiceChange",
    "ServiceState",
    "Settlement",
    "Side",
    "Spent",
    "Told",
    "WorkingCopy",
    "World",
    "hub_money",
    "legs_of_payment",
    "legs_of_return",
    "post_movements",
    "read_told",
    "read_world",
    "repeated_label_news",
    "resume_service",
    "service_state",
    "suspend_service",
    "tell_merchant",
]
