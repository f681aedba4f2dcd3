"""Owns tiers and points: the tier table in versions, the rate a card's code is given, and the point ledger."""

from hub_server.loyalty.adjust_points import MAX_DELTA, AdjustedPoints, adjust_points
from hub_server.loyalty.queries import (
    PointRow,
    TierVersion,
    current_tier_table,
    hold_tier_table,
    hold_tiers,
    point_rows_of,
    tier_versions,
)
from hub_server.loyalty.record_point_changes import PointChange, record_point_changes
from hub_server.loyalty.rules import (
    DEFAULT_TIERS,
    Tier,
    TierTable,
    earns_points,
    rate_for,
    tier_for,
)
from hub_server.loyalty.set_tiers import set_tiers

__all__ = [
    "DEFAULT_TIERS",
    "MAX_DELTA",
    "AdjustedPoints",
    "PointChange",
    "PointRow",
    "Tier",
    "TierTable",
    "TierVersion",
    "adjust_points",
    "current_tier_table",
    "earns_points",
    "hold_tier_table",
    "hold_tiers",
    "point_rows_of",
    "rate_for",
    "record_point_changes",
    "set_tiers",
    "tier_for",
    "tier_versions",
]
