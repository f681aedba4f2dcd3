"""A till in a process of its own that is told what to do line by line: for what befalls a whole process (its clock, its
network, its memory). Run as a module it is that process; `TillProcess` is the other end.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pos_app.features.charging.outcomes import NotPaid, Paid, PaidOffline
from pos_app.journal import waiting
from shared.problems import Refusal
from tests.system.till import Till

_END_S: Final = 30.0
_MEMORY: Final = re.compile(r"^(VmRSS|VmHWM):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a charge became: the outcome's name, the refusal's code, the entry, and how long it took."""

    outcome: str
    code: str | None = None
    entry_id: str | None = None
    took_s: float = 0.0

    @property
    def is_paid(self) -> bool:
        """Approved, by the hub or without it."""
        return self.outcome in (Paid.__name__, PaidOffline.__name__)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in KiB, now and at most."""

    now: int
    peak: int


@dataclass
class TillProcess:
    """`prefix` is what runs it, such as an injector's own words; `environment` adds to the process's."""

    folder: Path
    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None

    def wait_online(self) -> None:
        """Until the line is there and nothing waits."""
        self._ask("wait_online")

    def wait_offline(self) -> None:
        """Until the row says so."""
        self._ask("wait_offline")

    def wait_until_waiting(self, at_most: int, limit_s: float) -> None:
        """Until no more entries than that wait."""
        self._ask("wait_until_waiting", at_most=at_most, limit_s=limit_s)

    def charge(self, code: str, amount: int) -> Told:
        """Scan and press."""
        return Told(**self._ask("charge", code=code, amount=amount))

    def waiting(self) -> int:
        """How many entries the hub has not signed."""
        count: int = self._ask("waiting")["count"]
        return count

    def memory(self) -> Memory:
        """What it takes."""
        return Memory(**self._ask("memory"))

    def __enter__(self) -> Self:
        """Start; it is open when this returns."""
        words = [*self.prefix, sys.executable, "-m", __name__, str(self.folder)]
        self._process = subprocess.Popen(
            words,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it in an orderly way."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            ended = self._process.wait(_END_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
        assert error is not None or ended == 0, f"the till ended with {ended}"

    def _ask(self, what: str, **how: object) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **how}) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the till is dead: {self._process.wait(_END_S)}"
        told: dict[str, Any] = json.loads(line)
        assert "failed" not in told, told["failed"]
        return told


def _charge(till: Till, code: str, amount: int) -> dict[str, object]:
    seen = till.read(code)
    if isinstance(seen, Refusal):
        return {"outcome": NotPaid.__name__, "code": seen.code.value}
    timed = till.charge(code, amount)
    outcome = timed.outcome
    refusal = outcome.refusal if isinstance(outcome, NotPaid) else None
    entry = getattr(outcome, "entry", None)
    return {
        "outcome": type(outcome).__name__,
        "code": refusal.code.value if refusal else None,
        "entry_id": entry.entry_id if entry else None,
        "took_s": timed.took_s,
    }


def _wait(till: Till, at_most: int, limit_s: float) -> dict[str, object]:
    return {"took_s": till.row.wait(f"{at_most} waiting", lambda row: row.waiting <= at_most, limit_s)}


def _waiting(till: Till) -> dict[str, object]:
    return {"count": till.terminal.database.read(waiting.queue).result().depth}


def _memory() -> dict[str, object]:
    found = {match[1]: int(match[2]) for match in _MEMORY.finditer(Path("/proc/self/status").read_text())}
    return {"now": found["VmRSS"], "peak": found["VmHWM"]}


def _obey(till: Till, what: str, how: dict[str, Any]) -> dict[str, object]:
    deeds: dict[str, Callable[[], dict[str, object]]] = {
        "wait_online": lambda: {"online": bool(till.wait_online())},
        "wait_offline": lambda: {"offline": bool(till.wait_offline())},
        "wait_until_waiting": lambda: _wait(till, **how),
        "charge": lambda: _charge(till, **how),
        "waiting": lambda: _waiting(till),
        "memory": _memory,
    }
    return deeds[what]()


def main(folder: Path) -> None:
    """Open, and obey until there is nothing more to read."""
    with Till(folder) as till:
        print(json.dumps({"open": threading.active_count()}), flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            try:
                told = _obey(till, order.pop("do"), order)
            except AssertionError as error:
                told = {"failed": str(error)}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
