"""How long to wait after a failure: full jitter, bounded (faults.md 22)."""

from collections.abc import Callable
from typing import Final

FIRST_MS: Final = 200
AT_THE_COUNTER_MS: Final = 2_000
AT_MOST_MS: Final = 30_000


class Backoff:
    """Grows with each failure in a row."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance` gives numbers from 0 up to 1."""
        self._chance = chance
        self._failures = 0

    def reset(self) -> None:
        """Something worked."""
        self._failures = 0

    def next_ms(self, somebody_waits: bool) -> int:
        """After one more failure: at most 2 s while somebody waits at the counter, else at most 30 s."""
        bound = AT_THE_COUNTER_MS if somebody_waits else AT_MOST_MS
        ceiling = min(bound, FIRST_MS << min(self._failures, 10))
        self._failures += 1
        return int(ceiling * (0.5 + self._chance() / 2))
