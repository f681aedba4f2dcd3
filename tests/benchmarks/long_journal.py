"""A journal of a million entries beside one of ten thousand: what an approval, a start and an open terminal cost.

Two whole terminals, each in a process of its own, so that the memory of each is seen; they take turns. Both have 5,000
entries at their end that the hub has not acknowledged, which each start proves before anybody may charge.
"""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from pos_app.storage.database import FILE_NAME
from tests.benchmarks.made_journal import UNACKNOWLEDGED, make
from tests.benchmarks.offline_till import OfflineTill, enrol
from tests.benchmarks.timing import ROUNDS, Rounds, milliseconds, ratio
from tests.builders.codes_for_pos import CodeMint

NAME: Final = "long_journal"
SHORT: Final = 10_000
LONG: Final = 1_000_000
START_LIMIT_S: Final = 2.0
FLAT: Final = 1.25
"""A p50, or a memory, that grows by less than a quarter over a hundredfold journal is called flat."""
_A_ROUND: Final = 40
_BEFORE: Final = 30
_STARTS: Final = 5
_ANSWER_S: Final = 120


def run(work: Path) -> dict[str, object]:
    """Make both journals, then measure in turns."""
    made = {entries: _made(work / str(entries), entries) for entries in (SHORT, LONG)}
    starts: dict[int, list[float]] = {SHORT: [], LONG: []}
    for _ in range(_STARTS - 1):
        for entries, seconds in starts.items():
            with _worker(work / str(entries)) as worker:
                seconds.append(worker.ask("opened_s"))
    times = {SHORT: Rounds(), LONG: Rounds()}
    with _worker(work / str(SHORT)) as short, _worker(work / str(LONG)) as long:
        workers = {SHORT: short, LONG: long}
        for entries, worker in workers.items():
            starts[entries].append(worker.ask("opened_s"))
            worker.ask("approve", _BEFORE)
        begun = {entries: worker.ask("memory_mib") for entries, worker in workers.items()}
        for _ in range(ROUNDS):
            for entries, worker in workers.items():
                times[entries].add(worker.ask("approve", _A_ROUND))
        ended = {entries: worker.ask("memory_mib") for entries, worker in workers.items()}
        peaks = {entries: worker.ask("peak_mib") for entries, worker in workers.items()}
    p50 = ratio(times[LONG], times[SHORT], 50)
    start_s = max(starts[LONG])
    return {
        "entries": {"short": SHORT, "long": LONG, "unacknowledged": UNACKNOWLEDGED},
        "made_s": {"short": made[SHORT], "long": made[LONG]},
        "file_mib": {
            "short": round((work / str(SHORT) / FILE_NAME).stat().st_size / 2**20),
            "long": round((work / str(LONG) / FILE_NAME).stat().st_size / 2**20),
        },
        "approval_short": milliseconds(times[SHORT].all),
        "approval_long": milliseconds(times[LONG].all),
        "approval_p50_long_to_short": p50,
        "approval_p99_long_to_short": ratio(times[LONG], times[SHORT], 99),
        "approval_cost_is_flat": p50["all"] < FLAT,
        "start_s": {"short": starts[SHORT], "long": starts[LONG]},
        "start_of_long_at_most_2_s": start_s <= START_LIMIT_S,
        "memory_mib": {
            "short": {"begun": begun[SHORT], "ended": ended[SHORT], "peak": peaks[SHORT]},
            "long": {"begun": begun[LONG], "ended": ended[LONG], "peak": peaks[LONG]},
        },
        "memory_is_flat": peaks[LONG] < FLAT * peaks[SHORT],
    }


def _made(folder: Path, entries: int) -> float:
    began = time.monotonic()
    enrol(folder, CodeMint())
    make(folder, entries)
    return round(time.monotonic() - began, 1)


@dataclass(frozen=True, slots=True)
class Worker:
    """A terminal in a process of its own."""

    process: BaseProcess
    line: Connection

    def ask(self, what: str, count: int = 0) -> Any:
        """Have something done there; the answer.

        Raises:
            RuntimeError: none came.
        """
        self.line.send((what, count))
        if not self.line.poll(_ANSWER_S):
            raise RuntimeError(f"{what}: no answer within {_ANSWER_S} s")
        return self.line.recv()


@contextmanager
def _worker(folder: Path) -> Iterator[Worker]:
    processes = multiprocessing.get_context("spawn")
    own, other = processes.Pipe()
    process = processes.Process(target=_serve, args=(folder, other))
    process.start()
    other.close()
    try:
        yield Worker(process, own)
    finally:
        own.close()
        process.join(_ANSWER_S)


def _serve(folder: Path, line: Connection) -> None:
    with OfflineTill(folder, CodeMint()) as till:
        while True:
            try:
                what, count = line.recv()
            except EOFError:
                return
            line.send(_answer(till, what, count))


def _answer(till: OfflineTill, what: str, count: int) -> float | list[float]:
    match what:
        case "approve":
            return [till.approve() for _ in range(count)]
        case "opened_s":
            return round(till.opened_s, 3)
        case "memory_mib":
            return _memory_mib("VmRSS")
        case _:
            return _memory_mib("VmHWM")


def _memory_mib(name: str) -> float:
    """What this process has in memory now (`VmRSS`) or had at most (`VmHWM`), as Linux tells."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return round(int(line.split()[1]) / 1024, 1)
