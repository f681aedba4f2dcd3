"""System calls on one file that answer with an error although nothing is wrong (faults.md, ST)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SYNC: Final = ("fsync", "fdatasync")
WRITE: Final = ("pwrite64",)
_INJECTED: Final = "(INJECTED)"
_CALL: Final = re.compile(r"^\d+ +(\w+)\(")


@dataclass(frozen=True, slots=True)
class Tracer:
    """strace on the calls to one file; `log` is where it writes what it saw."""

    path: Path
    log: Path

    def watching(self) -> tuple[str, ...]:
        """What goes before a command line to see its writes and syncs, all of which work."""
        return self._strace((*SYNC, *WRITE), ())

    def failing(self, calls: Sequence[str], error: str, when: str) -> tuple[str, ...]:
        """What goes before a command line; `when` as strace says it: "3" the third call of each name, "3+" from it on.

        A sync that fails leaves what was written before it; a write that fails writes nothing.
        """
        return self._strace(calls, ("-e", f"inject={','.join(calls)}:error={error}:when={when}"))

    def killing(self, calls: Sequence[str], number: int) -> tuple[str, ...]:
        """What goes before a command line that dies in that call and never hears its answer."""
        return self._strace(calls, ("-e", f"inject={','.join(calls)}:signal=SIGKILL:when={number}"))

    def seen(self) -> list[str]:
        """The names of the calls, in order."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [match[1] for line in lines if (match := _CALL.match(line))]

    def injected(self) -> int:
        """How many calls were made to fail."""
        return self.log.read_text(encoding="utf-8", errors="replace").count(_INJECTED)

    def _strace(self, calls: Sequence[str], more: tuple[str, ...]) -> tuple[str, ...]:
        # Quick, since all other calls go untraced; but signals are not delivered with it.
        speed = () if any("signal=" in word for word in more) else ("--seccomp-bpf",)
        trace = ("-P", str(self.path), "-e", f"trace={','.join(calls)}")
        return ("strace", "-f", "-qq", *speed, "-o", str(self.log), *trace, *more)
