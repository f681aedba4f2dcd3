"""Frames of a recording come at the recording's own pace, so that it stands in for a camera."""

import threading
from collections.abc import Callable

Monotonic = Callable[[], float]
"""Seconds from some fixed point, never going back."""


class Pace:
    """Waits until a recording's next frame is due. `stop` wakes the waiting thread."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._stopped = threading.Event()
        self._due: float | None = None

    def start(self) -> None:
        """Begin anew: the next frame is due at once."""
        self._stopped.clear()
        self._due = None

    def wait(self, interval_s: float) -> int:
        """Wait until the next frame is due; answers how many intervals have passed since the last one (at least 1)."""
        now = self._monotonic()
        if self._due is None:
            self._due = now + interval_s
            return 1
        if now < self._due:
            self._stopped.wait(self._due - now)
            self._due += interval_s
            return 1
        passed = 1 + int((now - self._due) / interval_s)
        self._due += passed * interval_s
        return passed

    def stop(self) -> None:
        """Wait no longer."""
        self._stopped.set()
