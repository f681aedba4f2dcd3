"""Owns promotions: factors on points for a while, and points granted once."""

from hub_server.promotions.give_grants import MAX_NAME, grant_handler
from hub_server.promotions.news_of_grants import GRANT, news_of_first_charges, news_of_registration
from hub_server.promotions.queries import (
    PromotionRow,
    PromotionTerms,
    newest_promotions,
    running_factors,
)
from hub_server.promotions.rules import PLAIN_FACTOR, RunningFactor, best_factor
from hub_server.promotions.set_promotion import change_promotion, create_promotion, withdraw_promotion
from hub_server.promotions.states import GrantTrigger, PromotionKind

__all__ = [
    "GRANT",
    "MAX_NAME",
    "PLAIN_FACTOR",
    "GrantTrigger",
    "PromotionKind",
    "PromotionRow",
    "PromotionTerms",
    "RunningFactor",
    "best_factor",
    "change_promotion",
    "create_promotion",
    "grant_handler",
    "newest_promotions",
    "news_of_first_charges",
    "news_of_registration",
    "running_factors",
    "withdraw_promotion",
]
