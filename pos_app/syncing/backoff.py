"""How long to wait after a failure: jitter over half of it, doubling, bounded (faults.md 22)."""

from collections.abc import Callable
from typing import Final

FIRST_MS: Final = 200
AT_MOST_MS: Final = 30_000
_DOUBLINGS: Final = 12


class Backoff:
    """Grows with each failure in a row."""

    def __init__(self, chance: Callable[[], float], at_most_ms: int = AT_MOST_MS) -> None:
        """`chance` gives numbers from 0 up to 1."""
        self._chance = chance
        self._at_most_ms = at_most_ms
        self._failures = 0

    def reset(self) -> None:
        """Something worked."""
        self._failures = 0

    def next_ms(self) -> int:
        """After one more failure."""
        self._failures += 1
        return wait_ms(self._failures, self._at_most_ms, self._chance)


def wait_ms(failures: int, at_most_ms: int, chance: Callable[[], float]) -> int:
    """After so many failures in a row, the first being 1."""
    ceiling = min(at_most_ms, FIRST_MS << min(failures - 1, _DOUBLINGS))
    return int(ceiling * (0.5 + chance() / 2))
