"""Kinds of promotion, and what sets a grant off."""

from enum import StrEnum


class PromotionKind(StrEnum):
    """domain.md, Tiers and points."""

    FACTOR = "factor"
    GRANT = "grant"


class GrantTrigger(StrEnum):
    """A grant is given once per card and trigger."""

    REGISTRATION = "registration"
    FIRST_CHARGE = "first_charge"
