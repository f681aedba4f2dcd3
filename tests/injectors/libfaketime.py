"""A clock on the wall that is wrong, from a process's start or from one moment to the next (faults.md, FT).

The monotonic clock goes on as it is: that is what a machine does whose clock is set.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

_LIBRARY: Final = "faketime/libfaketime.so.1"
_PLACES: Final = Path("/usr/lib")


@dataclass(frozen=True, slots=True)
class WallClock:
    """The wall clock of the processes that are started with `environment()`; `file` is where its fault is kept."""

    file: Path

    def set_off(self, by: timedelta) -> None:
        """From the next look at the clock on, also in processes that run already, it is off by so much."""
        fresh = self.file.with_suffix(".fresh")
        fresh.write_text(f"{by.total_seconds():+.0f}")
        fresh.replace(self.file)

    def environment(self) -> dict[str, str]:
        """What a process must find in its environment.

        Raises:
            FileNotFoundError: libfaketime is not installed.
        """
        found = next(_PLACES.glob(f"*/{_LIBRARY}"), None)
        if found is None:
            raise FileNotFoundError(f"{_LIBRARY}: install the package faketime")
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
