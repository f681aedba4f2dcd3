"""Two hundred terminals whose line comes back at once: how soon each is in contact, and what the hub is asked meanwhile.

One real hub process, one proxy that is cut and restored, and 200 whole terminals in this process: each with its own
journal, its own line watch, feed reader and submitter on their own threads, and an entry written while the line was
down. Their journals lie in memory where there is such a place, since no 200 terminals share a disk. They do share one
interpreter and the hub's cores, so the figure is an upper bound.
"""

import resource
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pos_app.bootstrap import Terminal, build_terminal
from pos_app.syncing.line import LineState
from tests.benchmarks.timing import ROUNDS, percentile
from tests.injectors.tcp_proxy import Line, LineFault
from tests.system.processes import HubProcess, free_port
from tests.system.shop import CHEAP_HASHES, Shop
from tests.system.till import enrol_here, pos_settings

NAME: Final = "line_back"
TERMINALS: Final = 200
LIMIT_S: Final = 5.0
_DOWN_S: Final = 4.0
_FAULTS: Final = (LineFault.REFUSE, LineFault.SWALLOW)
"""By turns: a line that refuses, as a router without its uplink, and one that swallows, as one whose other end died."""
_IN_MEMORY: Final = Path("/dev/shm")
_LOOK_S: Final = 0.01
_PATIENCE_S: Final = 60.0
_TOGETHER: Final = 4
_FILES_EACH: Final = 24


def run(work: Path) -> dict[str, object]:
    """Cut and restore, round by round."""
    _allow_files(TERMINALS * _FILES_EACH)
    in_memory = _IN_MEMORY if _IN_MEMORY.is_dir() else work
    with TemporaryDirectory(prefix="mps-bench-", dir=in_memory) as folders, Line(free_port()) as line:
        hub = HubProcess(work / "hub", base_url=line.url, port=line.target_port, environment=CHEAP_HASHES)
        with hub:
            shop = Shop.open(hub)
            try:
                began = time.monotonic()
                terminals = _enrolled(Path(folders), line, shop)
                made_s = time.monotonic() - began
            finally:
                shop.close()
            try:
                return {"enrolled_s": round(made_s, 1), **_measure(line, terminals)}
            finally:
                line.become(LineFault.REFUSE)
                with ThreadPoolExecutor(_TOGETHER) as pool:
                    list(pool.map(Terminal.close, terminals))


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(wanted, hard)), hard))


def _enrolled(work: Path, line: Line, shop: Shop) -> list[Terminal]:
    codes = [shop.enrolment_code() for _ in range(TERMINALS)]

    def make(number: int) -> Terminal:
        folder = work / f"terminal-{number}"
        enrol_here(folder, line.url, codes[number])
        return build_terminal(pos_settings(folder))

    with ThreadPoolExecutor(_TOGETHER) as pool:
        return list(pool.map(make, range(TERMINALS)))


def _measure(line: Line, terminals: list[Terminal]) -> dict[str, object]:
    first = {number: terminal.hub_copy.facts.contact for number, terminal in enumerate(terminals)}
    began = time.monotonic()
    for terminal in terminals:
        terminal.start()
    start = _contacts(terminals, first, began)
    rounds: list[Return] = []
    for number in range(ROUNDS + 1):
        fault = _FAULTS[number % len(_FAULTS)]
        line.become(fault)
        _wait_until_down(terminals)
        for terminal in terminals:
            _write(terminal)
        time.sleep(_DOWN_S)
        known = {place: terminal.hub_copy.facts.contact for place, terminal in enumerate(terminals)}
        seen = len(line.requests)
        began = time.monotonic()
        line.become(LineFault.NONE)
        took = _contacts(terminals, known, began)
        rounds.append(Return(fault, took, _by_second(line, seen, began)))
        _wait_until_sent(terminals)
    return _figures(start, rounds)


def _contacts(terminals: list[Terminal], known: dict[int, datetime], began: float) -> list[float]:
    """Seconds from `began` to each terminal's next contact, which the feed must bring and the journal store."""
    took: dict[int, float] = {}
    while len(took) < len(terminals):
        now = time.monotonic() - began
        if now > _PATIENCE_S:
            raise RuntimeError(f"{len(terminals) - len(took)} terminals are not in contact after {now:.0f} s")
        for number, terminal in enumerate(terminals):
            if number not in took and terminal.hub_copy.facts.contact > known[number]:
                took[number] = now
        time.sleep(_LOOK_S)
    return list(took.values())


def _write(terminal: Terminal) -> None:
    """An entry while the line is down: a shift begins, or ends."""
    if terminal.shift.current() is None:
        terminal.shift.open("cashier")
    else:
        terminal.shift.close("cashier")


def _wait_until_down(terminals: list[Terminal]) -> None:
    _wait(terminals, "offline", lambda terminal: terminal.line.state is LineState.OFFLINE)


def _wait_until_sent(terminals: list[Terminal]) -> None:
    _wait(terminals, "without a backlog", lambda terminal: terminal.board.status().waiting == 0)


def _wait(terminals: list[Terminal], what: str, holds: Callable[[Terminal], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    left = terminals
    while left := [terminal for terminal in left if not holds(terminal)]:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(left)} terminals are not {what}")
        time.sleep(_LOOK_S)


def _by_second(line: Line, seen: int, began: float) -> list[int]:
    """Requests that reached the line in each second since it came back."""
    seconds = Counter(int(request.at_s - began) for request in line.requests[seen:])
    return [seconds[second] for second in range(max(seconds, default=0) + 1)]


@dataclass(frozen=True, slots=True)
class Return:
    """One return of the line: how it was cut, the seconds to each contact, the requests of each second."""

    fault: LineFault
    took_s: list[float]
    requests: list[int]


def _figures(start_s: list[float], rounds: list[Return]) -> dict[str, object]:
    by_fault = {
        fault.value: _spread([second for one in rounds if one.fault is fault for second in one.took_s])
        for fault in _FAULTS
    }
    everything = [second for one in rounds for second in one.took_s]
    requests = [sum(one.requests) for one in rounds]
    return {
        "terminals": TERMINALS,
        "rounds": len(rounds),
        "all_started_at_once": _spread(start_s),
        **by_fault,
        "p95_s_by_round": [round(percentile(one.took_s, 95), 2) for one in rounds],
        "requests_by_second": {
            f"round_{number}_{one.fault.value}": one.requests for number, one in enumerate(rounds, start=1)
        },
        "requests_a_terminal_until_all_were_in_contact": round(max(requests) / TERMINALS, 2),
        "p95_s": round(percentile(everything, 95), 3),
        "p95_below_5_s": percentile(everything, 95) < LIMIT_S,
    }


def _spread(seconds: list[float]) -> dict[str, object]:
    return {
        "p50_s": round(percentile(seconds, 50), 3),
        "p95_s": round(percentile(seconds, 95), 3),
        "worst_s": round(max(seconds), 3),
    }
