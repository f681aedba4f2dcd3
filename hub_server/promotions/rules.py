"""Which factor on points runs at a time (domain.md, Tiers and points). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PLAIN_FACTOR = 10_000
"""Points as they are: factors are in 1/10,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFactor:
    """A promotion's factor on points, in 1/10,000, from `starts_at` until before `ends_at`.

    `merchant_id` is None where it is given at every merchant.
    """

    merchant_id: str | None
    factor: int
    starts_at: datetime
    ends_at: datetime

    def runs_for(self, merchant_id: str, at: datetime) -> bool:
        """Whether a charge of that merchant at that time has it."""
        return self.merchant_id in (None, merchant_id) and self.starts_at <= at < self.ends_at


def best_factor(factors: Iterable[RunningFactor], merchant_id: str, at: datetime) -> int:
    """The greatest of those that run for a charge, in 1/10,000: factors are never stacked."""
    running = (factor.factor for factor in factors if factor.runs_for(merchant_id, at))
    return max(running, default=PLAIN_FACTOR)
