"""Owns tiers and points: the tier table in versions, the rate a card's code is given, and the point ledger."""

from hub_server.loyalty.queries import current_tier_table
from hub_server.loyalty.record_point_changes import PointChange, record_point_changes
from hub_server.loyalty.rules import (
    DEFAULT_TIERS,
    Tier,
    TierTable,
    earns_points,
    rate_for,
    tier_for,
)

__all__ = [
    "DEFAULT_TIERS",
    "PointChange",
    "Tier",
    "TierTable",
    "current_tier_table",
    "earns_points",
    "rate_for",
    "record_point_changes",
    "tier_for",
]
