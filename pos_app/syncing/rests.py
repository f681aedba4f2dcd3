"""When each entry is asked about again: at once, soon and ever later, or in an hour (protocol.md 5)."""

import threading
from collections.abc import Callable, Iterable
from typing import Final

from pos_app.syncing.backoff import wait_ms
from shared.clock import Clock

HOURLY_MS: Final = 3_600_000
"""An unsigned answer is asked about hourly, unless something tells that it has changed."""
AT_THE_COUNTER_MS: Final = 2_000
AT_MOST_MS: Final = 60_000


class Rests:
    """Numbers of entries that are not due; what is not in here is. Safe from any thread."""

    def __init__(self, clock: Clock, chance: Callable[[], float]) -> None:
        """`chance` gives numbers from 0 up to 1."""
        self._clock = clock
        self._chance = chance
        self._lock = threading.Lock()
        self._until_ms: dict[int, int] = {}
        self._failures: dict[int, int] = {}

    def end(self, seqs: Iterable[int]) -> None:
        """These are signed, or due now: something about them has changed."""
        with self._lock:
            for seq in seqs:
                self._until_ms.pop(seq, None)
                self._failures.pop(seq, None)

    def hourly(self, seq: int) -> None:
        """The hub has it and has not decided, or will not take it: the others go before it."""
        with self._lock:
            self._failures.pop(seq, None)
            self._until_ms[seq] = self._clock.monotonic_ms() + HOURLY_MS

    def soon(self, seq: int, *, at_the_counter: bool, asked_s: int | None = None) -> None:
        """Nothing was decided: soon and ever later, so that one bad entry is no storm; not before the hub asked for."""
        with self._lock:
            failures = self._failures.get(seq, 0) + 1
            self._failures[seq] = failures
            wait = wait_ms(failures, AT_THE_COUNTER_MS if at_the_counter else AT_MOST_MS, self._chance)
            self._until_ms[seq] = self._clock.monotonic_ms() + max(wait, (asked_s or 0) * 1000)

    def end_failures(self) -> None:
        """The line is back: what found no answer is due."""
        with self._lock:
            for seq in self._failures:
                self._until_ms.pop(seq, None)
            self._failures.clear()

    def end_all(self) -> None:
        """Everything is due: the hub may have forgotten what it said."""
        with self._lock:
            self._until_ms.clear()
            self._failures.clear()

    def resting(self) -> frozenset[int]:
        """The entries that are not due now."""
        now = self._clock.monotonic_ms()
        with self._lock:
            self._until_ms = {seq: until for seq, until in self._until_ms.items() if until > now}
            return frozenset(self._until_ms)

    def until_next_ms(self) -> int:
        """Milliseconds until the next one is due; an hour if none rests."""
        with self._lock:
            soonest = min(self._until_ms.values(), default=None)
        return HOURLY_MS if soonest is None else max(0, soonest - self._clock.monotonic_ms())
