"""Times of one thing beside another's, taken in turns: percentiles, ratios and how far the rounds lie apart."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

ROUNDS: Final = 5
"""The fewest rounds that a figure is made of."""


def percentile(values: Sequence[float], share: int) -> float:
    """The least value that `share` per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def timed(work: Callable[[], object]) -> float:
    """The seconds that it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def milliseconds(values: Sequence[float]) -> dict[str, object]:
    """Percentiles of seconds, shown in milliseconds."""
    return {
        "p50_ms": round(percentile(values, 50) * 1000, 3),
        "p99_ms": round(percentile(values, 99) * 1000, 3),
        "worst_ms": round(max(values) * 1000, 3),
        "count": len(values),
    }


@dataclass(slots=True)
class Rounds:
    """Seconds of each round."""

    of: list[list[float]] = field(default_factory=list)

    def add(self, seconds: Sequence[float]) -> None:
        """One more round."""
        self.of.append(list(seconds))

    @property
    def all(self) -> list[float]:
        """The times of all rounds."""
        return [seconds for taken in self.of for seconds in taken]


def ratio(ours: Rounds, theirs: Rounds, share: int) -> dict[str, float]:
    """Our percentile over theirs: of all times together, and round by round, so that the noise shows."""
    by_round = [
        percentile(mine, share) / percentile(other, share)
        for mine, other in zip(ours.of, theirs.of, strict=True)
    ]
    return {
        "all": round(percentile(ours.all, share) / percentile(theirs.all, share), 3),
        "round_least": round(min(by_round), 3),
        "round_median": round(statistics.median(by_round), 3),
        "round_most": round(max(by_round), 3),
    }
