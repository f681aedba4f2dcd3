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
        self._jumped = False
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
        """A time to the second, for want of a better one."""
        if not self.is_anchored:
            self.hear(hub_time + timedelta(milliseconds=500))

    def touch(self, hub_time: datetime) -> None:
        """Contact: the clock is mended."""
        with self._lock:
            self._wall, self._mono = self._machine.now(), self._machine.monotonic_ms()
            self._jumped = False
            ahead = hub_time - _EPOCH - timedelta(milliseconds=self._mono)
            if self._ahead is None or abs(ahead - self._ahead) > JUMP:
                self._ahead, self._anchored_ms = ahead, self._mono
        self.hear(hub_time)

    def is_plausible(self, last_at: datetime, contact: datetime) -> bool:
        """Whether offline approval may rely on it: not below the last entry or contact, and no jump since contact."""
        with self._lock:
            passed = timedelta(milliseconds=self._machine.monotonic_ms() - self._mono)
            if abs(self._machine.now() - self._wall - passed) > JUMP:
                self._jumped = True
            return not self._jumped and self._now() >= max(last_at, contact) - TOLERANCE

    def _now(self) -> datetime:
        if self._ahead is None:
            return self._machine.now()
        return to_milliseconds(_EPOCH + self._ahead + timedelta(milliseconds=self._machine.monotonic_ms()))
