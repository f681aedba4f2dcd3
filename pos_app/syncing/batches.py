"""How many entries go into one request: as many as are answered in good time (protocol.md 5).

The hub takes a terminal's requests one after the other, and a slow line carries them so: a customer who comes while a
batch is under way waits for it. So a batch takes about a second while nobody is there, and no longer than a charge does
while customers are.
"""

from collections.abc import Sequence
from typing import Final

from pos_app.journal.waiting import WaitingEntry
from shared.api.journal import MAX_BATCH, MAX_REQUEST_BYTES
from shared.clock import Clock

FIRST: Final = 16
ALONE_MS: Final = 1_000
CUSTOMERS_FOR_MS: Final = 5_000
QUICKEST_MS: Final = 30
LEAST: Final = 4
"""What a request costs by itself is as much as a few entries in it: fewer would drain the backlog slowly for nothing."""
_FORGETS: Final = 8
_OVERHEAD_BYTES: Final = 32


class BatchSize:
    """Within 1 … 200: doubles while answers are quick, falls to what would have been quick, halves where none came."""

    def __init__(self, clock: Clock) -> None:
        """Begin modestly."""
        self._clock = clock
        self.entries = FIRST
        self._charge_ms = ALONE_MS
        self._charged_ms = -CUSTOMERS_FOR_MS

    def charge_answered(self, took_ms: int) -> None:
        """A charge at the counter had its answer after so long."""
        self._charged_ms = self._clock.monotonic_ms()
        # What a charge takes with nothing before it: the least of late, for others may have waited behind a batch.
        self._charge_ms = max(QUICKEST_MS, min(took_ms, self._charge_ms + self._charge_ms // _FORGETS))

    def answered(self, sent: int, took_ms: int) -> None:
        """A batch of `sent` entries had its answer after so long."""
        goal = self._goal_ms()
        if took_ms > goal:
            self.entries = min(self.entries, max(LEAST, sent * goal // took_ms))
        elif sent >= self.entries and took_ms * 2 <= goal:
            self.entries = min(MAX_BATCH, self.entries * 2)

    def failed(self) -> None:
        """No answer came, or the hub refused the batch."""
        self.entries = max(1, self.entries // 2)

    def _goal_ms(self) -> int:
        has_customers = self._clock.monotonic_ms() - self._charged_ms < CUSTOMERS_FOR_MS
        return min(ALONE_MS, self._charge_ms) if has_customers else ALONE_MS


def within_request(entries: Sequence[WaitingEntry]) -> list[WaitingEntry]:
    """As many from the front as fit into one request."""
    room = MAX_REQUEST_BYTES - _OVERHEAD_BYTES
    taken: list[WaitingEntry] = []
    for entry in entries:
        room -= len(entry.jws) + len(entry.decision or "") + _OVERHEAD_BYTES
        if room < 0 and taken:
            break
        taken.append(entry)
    return taken
