"""Writers of one process take turns, first come, first served.

SQLite lets whoever asks at the right moment write next, so that under load some wait for ever; here they queue.
"""

import threading
from collections import deque


class Turns:
    """A lock that is handed on in the order in which it was asked for."""

    def __init__(self) -> None:
        """Free."""
        self._guard = threading.Lock()
        self._queue: deque[threading.Event] = deque()
        self._is_taken = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def take(self, timeout_s: float) -> bool:
        """Wait for one's turn; whether it came in time."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._queue.append(called)
        if called.wait(timeout_s):
            return True
        with self._guard:
            if called.is_set():
                return True
            self._queue.remove(called)
            return False

    def give_back(self) -> None:
        """Let the next have it, who is the one that has waited longest."""
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._is_taken = False
