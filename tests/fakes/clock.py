"""A clock that is told the time."""

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class ManualClock:
    """Implements `shared.clock.Clock`; moves only when told to, and may be read from any thread."""

    def __init__(self, start: datetime = START) -> None:
        self._lock = threading.Lock()
        self._now = start
        self._monotonic_ms = 0

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def monotonic_ms(self) -> int:
        with self._lock:
            return self._monotonic_ms

    def advance(self, ms: int) -> None:
        """Let time pass: both clocks move."""
        with self._lock:
            self._now += timedelta(milliseconds=ms)
            self._monotonic_ms += ms

    def set(self, now: datetime) -> None:
        """Put the wall clock elsewhere, as people and NTP do; the monotonic one stays."""
        with self._lock:
            self._now = now
