"""When the terminal may ask the hub by itself: closed, open, half-open with one attempt (faults.md 22).

Customers at the counter do not pass here: they are asked for at once, or served offline. What passes is the backlog and
the change feed, of hundreds of terminals that all lost the hub at one moment and find it again at another.
"""

import threading
from collections.abc import Callable
from enum import Enum
from typing import Final

from pos_app.syncing.backoff import Backoff
from shared.clock import Clock

SPREAD_MS: Final = 1_500
"""Over which terminals that find the hub again at once make their first contact."""


class BreakerState(Enum):
    """Closed: ask. Open: rest. Half-open: one attempt is under way, and its outcome decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


_WAYS: Final[dict[BreakerState, frozenset[BreakerState]]] = {
    BreakerState.CLOSED: frozenset({BreakerState.OPEN}),
    BreakerState.OPEN: frozenset({BreakerState.HALF_OPEN}),
    BreakerState.HALF_OPEN: frozenset({BreakerState.CLOSED, BreakerState.OPEN}),
}


class Breaker:
    """One for each kind of asking; safe from any thread."""

    def __init__(self, clock: Clock, chance: Callable[[], float]) -> None:
        """`chance` gives numbers from 0 up to 1; it begins closed."""
        self._clock = clock
        self._chance = chance
        self._backoff = Backoff(chance)
        self._lock = threading.Lock()
        self._state = BreakerState.CLOSED
        self._until_ms = 0
        self._asked_until_ms = 0

    @property
    def state(self) -> BreakerState:
        """The present state."""
        return self._state

    def enter(self) -> int:
        """Ask now (0), and say afterwards whether it worked; or the milliseconds to rest before asking again."""
        with self._lock:
            until_ms = self._until_ms if self._state is BreakerState.OPEN else self._asked_until_ms
            rest_ms = until_ms - self._clock.monotonic_ms()
            if rest_ms > 0:
                return rest_ms
            if self._state is BreakerState.OPEN:
                self._become(BreakerState.HALF_OPEN)
            return 0

    def worked(self) -> None:
        """The hub has answered."""
        with self._lock:
            self._backoff.reset()
            if self._state is BreakerState.OPEN:
                self._become(BreakerState.HALF_OPEN)
            if self._state is BreakerState.HALF_OPEN:
                self._become(BreakerState.CLOSED)

    def failed(self, retry_after_s: int | None = None) -> None:
        """It has not, or it asked to be left alone for a while: kept, whatever else happens."""
        with self._lock:
            now = self._clock.monotonic_ms()
            if retry_after_s is not None:
                self._asked_until_ms = now + retry_after_s * 1000
            self._until_ms = max(self._asked_until_ms, now + self._backoff.next_ms())
            if self._state is not BreakerState.OPEN:
                self._become(BreakerState.OPEN)

    def line_is_lost(self) -> None:
        """The hub is not there: nothing to ask, now and then apart."""
        with self._lock:
            if self._state is not BreakerState.OPEN:
                self._become(BreakerState.OPEN)

    def line_is_back(self) -> None:
        """The hub is there again: ask soon, but not all at once, and not before the time that it asked for.

        Closed it stays so: the line was never known to be lost, as at a start.
        """
        with self._lock:
            self._backoff.reset()
            spread = int(self._chance() * SPREAD_MS)
            self._until_ms = max(self._asked_until_ms, self._clock.monotonic_ms() + spread)

    def _become(self, state: BreakerState) -> None:
        if state not in _WAYS[self._state]:
            raise ValueError(f"no way from {self._state.value} to {state.value}")
        self._state = state
