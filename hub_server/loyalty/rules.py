"""Tiers, rates and who earns points (domain.md, Cards, Tiers and points). Pure."""

from dataclasses import dataclass
from typing import Self

from shared.api.transactions import CardTypeName
from shared.rates import FULL_RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One step: from how many points on, and the rate in 1/10,000 that a new code is given."""

    tier: int
    from_points: int
    rate: int


@dataclass(frozen=True, slots=True)
class TierTable:
    """The tiers in ascending order; the first begins at 0 points."""

    tiers: tuple[Tier, ...]

    def __post_init__(self) -> None:
        """Refuse a table in which some number of points would have no tier, or two."""
        starts = [step.from_points for step in self.tiers]
        if not starts or starts[0] != 0 or starts != sorted(set(starts)):
            raise ValueError("tiers ascend from 0 points without repeating")
        if any(not 0 <= step.rate <= FULL_RATE or not 0 <= step.tier <= 99 for step in self.tiers):
            raise ValueError("a tier or rate is out of bounds")
        names = [step.tier for step in self.tiers]
        if names[0] != 0 or names != sorted(set(names)):
            raise ValueError("tiers are numbered from 0, where every new card begins, and ascend")

    @classmethod
    def of(cls, rows: list[dict[str, int]]) -> Self:
        """The table as the database keeps it: `[{tier, from_points, rate}, …]`."""
        return cls(tuple(Tier(**row) for row in rows))

    def rows(self) -> list[dict[str, int]]:
        """The form in which the database keeps it."""
        return [
            {"tier": step.tier, "from_points": step.from_points, "rate": step.rate} for step in self.tiers
        ]

    def tier_for(self, points: int) -> int:
        """The tier of that many points."""
        return next(step.tier for step in reversed(self.tiers) if points >= step.from_points)

    def next_after(self, points: int) -> Tier | None:
        """The next tier for somebody with that many points; none above the highest."""
        return next((step for step in self.tiers if step.from_points > points), None)

    def rate_of(self, tier: int) -> int:
        """The tier's rate; a tier that the table no longer has pays in full."""
        return next((step.rate for step in self.tiers if step.tier == tier), FULL_RATE)


DEFAULT_TIERS = TierTable(
    (
        Tier(tier=0, from_points=0, rate=10_000),
        Tier(tier=1, from_points=1_000, rate=9_500),
        Tier(tier=2, from_points=5_000, rate=9_000),
        Tier(tier=3, from_points=10_000, rate=8_500),
    )
)
"""Version 1, as domain.md gives it."""


def tier_for(points: int, table: TierTable) -> int:
    """The tier of that many points."""
    return table.tier_for(points)


def rate_for(card_type: CardTypeName, tier: int, fixed_rate: int | None, table: TierTable) -> int:
    """The rate in 1/10,000 that is signed into a card's next code.

    Standard: the tier's. Prepaid: the lower of the tier's and the card's own, if it has one. Corporate: the
    card's own, else in full. Voucher: in full.
    """
    match card_type:
        case "standard":
            return table.rate_of(tier)
        case "prepaid":
            tier_rate = table.rate_of(tier)
            return tier_rate if fixed_rate is None else min(tier_rate, fixed_rate)
        case "corporate":
            return FULL_RATE if fixed_rate is None else fixed_rate
        case "voucher":
            return FULL_RATE


def earns_points(card_type: CardTypeName) -> bool:
    """Standard and prepaid cards collect points; corporate cards and vouchers do not."""
    return card_type in ("standard", "prepaid")
