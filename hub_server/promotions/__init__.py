"""Owns promotions: factors on points for a while, and points granted once."""

from hub_server.promotions.queries import running_factors
from hub_server.promotions.rules import PLAIN_FACTOR, RunningFactor, best_factor

__all__ = ["PLAIN_FACTOR", "RunningFactor", "best_factor", "running_factors"]
