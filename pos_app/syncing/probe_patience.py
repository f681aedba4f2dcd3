"""How long a probe waits for its answer: short, so that a line's end and its return are known soon, and yet a line whose
every answer takes seconds is a line (faults.md 22: a round trip of two seconds).
"""

from typing import Final

PROBE_TIMEOUT_MS: Final = 2_000
OFFLINE_PROBE_TIMEOUT_MS: Final = 1_000
PATIENT_TIMEOUT_MS: Final = 5_000
PATIENT_EVERY: Final = 4
"""Of probes without an answer in a row, so many are short for one that waits long."""


class ProbePatience:
    """Measures the round trip; used by the one thread that probes."""

    def __init__(self) -> None:
        """Nothing has been measured."""
        self._round_trip_ms = 0
        self._failures = 0

    def timeout_ms(self, *, is_offline: bool) -> int:
        """Of the next probe."""
        if is_offline and self._failures % PATIENT_EVERY == PATIENT_EVERY - 1:
            return PATIENT_TIMEOUT_MS
        usual = OFFLINE_PROBE_TIMEOUT_MS if is_offline else PROBE_TIMEOUT_MS
        return max(usual, min(2 * self._round_trip_ms, PATIENT_TIMEOUT_MS))

    def answered(self, took_ms: int) -> None:
        """It was."""
        self._round_trip_ms, self._failures = took_ms, 0

    def unanswered(self) -> None:
        """It was not: what the line was like before counts no longer."""
        self._round_trip_ms = 0
        self._failures += 1
