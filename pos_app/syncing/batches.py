"""How many entries go into one request: more while it works, fewer when it does not (protocol.md 5)."""

from collections.abc import Sequence
from typing import Final

from pos_app.journal.waiting import WaitingEntry
from shared.api.journal import MAX_BATCH, MAX_REQUEST_BYTES

FIRST: Final = 50
_OVERHEAD_BYTES: Final = 32


class BatchSize:
    """Doubles on success, halves on failure, within 1 … 200."""

    def __init__(self) -> None:
        """Begin modestly."""
        self.entries = FIRST

    def grow(self) -> None:
        """An answer came."""
        self.entries = min(MAX_BATCH, self.entries * 2)

    def shrink(self) -> None:
        """None came, or it was too large."""
        self.entries = max(1, self.entries // 2)


def within_request(entries: Sequence[WaitingEntry]) -> list[WaitingEntry]:
    """As many from the front as fit into one request."""
    room = MAX_REQUEST_BYTES - _OVERHEAD_BYTES
    taken: list[WaitingEntry] = []
    for entry in entries:
        room -= len(entry.jws) + _OVERHEAD_BYTES
        if room < 0 and taken:
            break
        taken.append(entry)
    return taken
