"""A counter that goes on serving while its backlog drains: live charges beside 5,000 entries, against the idle line.

One real hub process on its embedded database, one whole terminal in this process. The entries are made beforehand,
offline; then the line is restored and the backlog drains by itself while charges go on, one after the other with a
pause of half a second between. The idle charges are made before the cut and after the drain.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pos_app.features.charging.outcomes import Paid, PaidOffline
from pos_app.hub_client import Unreachable
from pos_app.syncing.line import LineState
from shared.api.policy import OfflinePolicy, Policy
from tests.benchmarks.switched_line import LineSwitch
from tests.benchmarks.timing import milliseconds, percentile
from tests.system.processes import HubProcess
from tests.system.shop import CHEAP_HASHES, FundedCode, Shop
from tests.system.till import Till, enrol_here

NAME: Final = "backlog"
ENTRIES: Final = 5_000
LIMIT: Final = 2.0
_CHARGES: Final = ENTRIES // 2
"""Each is a charge and its advice."""
_IDLE: Final = 40
_LIVE: Final = 120
"""At most; what is left of the backlog then drains alone."""
_BEFORE: Final = 10
_PAUSE_S: Final = 0.5
_AMOUNT: Final = 100
_READY_S: Final = 20.0
_DRAINED_S: Final = 120.0
_PARTS: Final = 5


def run(work: Path) -> dict[str, object]:
    """Idle, beside the backlog, idle again."""
    with HubProcess(work / "hub", environment=CHEAP_HASHES) as hub:
        shop = Shop.open(hub)
        try:
            shop.set_policy(_policy())
            enrol_here(work / "terminal", hub.url, shop.enrolment_code())
            figures = _measure(shop, work / "terminal")
            figures["hub_is_consistent"] = hub.check()["findings"] == []
            return figures
        finally:
            shop.close()


def _policy() -> Policy:
    """Limits that let one terminal approve the whole backlog; all else as by default."""
    total = 2 * ENTRIES * _AMOUNT
    offline = OfflinePolicy(max_count=ENTRIES, max_total=total, soft_total=total)
    return Policy(offline=offline)


def _measure(shop: Shop, folder: Path) -> dict[str, object]:
    switch = LineSwitch()
    with Till(folder, make_hub=switch.make_hub) as till:
        till.wait_online()
        till.row.wait("the policy", lambda status: status.meter.left_count == ENTRIES, _READY_S)
        live = shop.load(_BEFORE + 2 * _IDLE + _LIVE)
        _charges(till, live, _BEFORE, lambda: True)
        idle = _charges(till, live, _IDLE, lambda: True)
        made_s = _go_offline_and_charge(switch, till, shop.load(_CHARGES))
        waiting = till.row.status.waiting
        switch.is_down = False
        till.row.wait("online", lambda status: status.state is LineState.ONLINE, _READY_S)
        began = time.monotonic()
        beside = _charges(till, live, len(live) - _IDLE, lambda: till.row.status.waiting > 1)
        till.row.wait("the backlog drained", lambda status: not status.waiting, _DRAINED_S)
        drained_s = time.monotonic() - began
        after = _charges(till, live, _IDLE, lambda: True)
    quiet = idle + after
    p99 = percentile(beside, 99) / percentile(quiet, 99)
    return {
        "entries": waiting,
        "made_offline_s": round(made_s, 1),
        "drained_s": round(drained_s, 1),
        "entries_a_second": round(waiting / drained_s),
        "idle_before": milliseconds(idle),
        "idle_after": milliseconds(after),
        "beside_the_backlog": milliseconds(beside),
        "beside_p99_ms_by_fifths": _by_parts(beside),
        "p50_to_idle": round(percentile(beside, 50) / percentile(quiet, 50), 3),
        "p99_to_idle": round(p99, 3),
        "p99_to_idle_at_most_2": p99 <= LIMIT,
    }


def _go_offline_and_charge(switch: LineSwitch, till: Till, codes: list[FundedCode]) -> float:
    switch.is_down = True
    till.terminal.line.lost(Unreachable.REFUSED)
    till.wait_offline()
    began = time.monotonic()
    for code in codes:
        outcome = till.charge(code.text, _AMOUNT).outcome
        if not isinstance(outcome, PaidOffline):
            raise RuntimeError(f"not approved offline: {outcome}")
    return time.monotonic() - began


def _charges(till: Till, codes: list[FundedCode], most: int, goes_on: Callable[[], bool]) -> list[float]:
    """Live charges at the counter's pace: the seconds from each press to "paid"."""
    took: list[float] = []
    while len(took) < most and goes_on():
        charged = till.charge(codes.pop().text, _AMOUNT)
        if not isinstance(charged.outcome, Paid):
            raise RuntimeError(f"not paid: {charged.outcome}")
        took.append(charged.took_s)
        time.sleep(_PAUSE_S)
    return took


def _by_parts(seconds: list[float]) -> list[float]:
    size = -(-len(seconds) // _PARTS)
    parts = [seconds[start : start + size] for start in range(0, len(seconds), size)]
    return [round(percentile(part, 99) * 1000, 3) for part in parts]
