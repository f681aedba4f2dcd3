"""The terminal's estimate of hub time, and when it is not to be trusted (protocol.md 4, 5 rule 4; faults.md 8)."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.clock import Clock, to_milliseconds

TOLERANCE: Final = timedelta(seconds=2)
"""Two honest clocks differ by so much; a charge is stamped no earlier than the last entry in any case."""
JUMP: Final = timedelta(seconds=30)
ANCHOR_LIFE_MS: Final = 300_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class HubClock:
    """A `Clock`: the newest answer's `hub_time` carried on by the monotonic clock; before any answer, the machine's."""

    def __init__(self, machine: Clock) -> None:
        """`machine` is the system's clock."""
        self._machine = machine
        self._lock = threading.Lock()
        self._ahead: timedelta | None = None
        self._anchored_ms = 0
        self._is_locked = False
        self._wall = machine.now()
        self._mono = machine.monotonic_ms()

    def now(self) -> datetime:
        """The estimate."""
        with self._lock:
            return self._now()

    def monotonic_ms(self) -> int:
        """The machine's monotonic clock."""
        return self._machine.monotonic_ms()

    @property
    def is_anchored(self) -> bool:
        """Whether an answer of the hub's has told the time since the start."""
        return self._ahead is not None

    def hear(self, hub_time: datetime) -> None:
        """An answer tells the time: it was so when it was sent, so the estimate is never before it."""
        with self._lock:
            mono = self._machine.monotonic_ms()
            ahead = hub_time - _EPOCH - timedelta(milliseconds=mono)
            if self._ahead is None or ahead > self._ahead or mono - self._anchored_ms > ANCHOR_LIFE_MS:
                self._ahead = ahead
                self._anchored_ms = mono

    def hear_roughly(self, hub_time: datetime) -> None:
        """A time to the second: for want of a better one, or where the estimate is far off (a machine that slept)."""
        told = hub_time + timedelta(milliseconds=500)
        with self._lock:
            if self._ahead is not None and abs(told - self._now()) <= JUMP:
                return
            self._anchor(told)

    def touch(self, hub_time: datetime) -> None:
        """Contact: the clock is mended."""
        with self._lock:
            self._wall, self._mono = self._machine.now(), self._machine.monotonic_ms()
            self._is_locked = False
            if self._ahead is None or abs(hub_time - self._now()) > JUMP:
                self._anchor(hub_time)
        self.hear(hub_time)

    @property
    def is_locked(self) -> bool:
        """Whether it was found not plausible since the last contact."""
        return self._is_locked

    def lock(self) -> None:
        """It was locked before a restart, and nothing has mended it since."""
        with self._lock:
            self._is_locked = True

    def is_plausible(self, floor: datetime, contact: datetime) -> bool:
        """Whether offline approval may rely on it; once it may not, it may not until the next contact (protocol.md 5).

        It may not below `floor`, the least time that the journal allows the next entry, or below `contact`; nor after
        the machine's wall clock and its monotonic clock have gone apart, in either direction.
        """
        with self._lock:
            passed = timedelta(milliseconds=self._machine.monotonic_ms() - self._mono)
            has_jumped = abs(self._machine.now() - self._wall - passed) > JUMP
            if has_jumped or self._now() < max(floor, contact) - TOLERANCE:
                self._is_locked = True
            return not self._is_locked

    def _anchor(self, hub_time: datetime) -> None:
        self._anchored_ms = self._machine.monotonic_ms()
        self._ahead = hub_time - _EPOCH - timedelta(milliseconds=self._anchored_ms)

    def _now(self) -> datetime:
        if self._ahead is None:
            return self._machine.now()
        return to_milliseconds(_EPOCH + self._ahead + timedelta(milliseconds=self._machine.monotonic_ms()))
