"""Row 8: the clock is days off, from the start or from one moment to the next. Offline approval locks; online goes on.

What the terminal writes bears hub time whatever its own clock says.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from pos_app.features.charging.outcomes import Paid, PaidOffline
from shared.problems import Code
from tests.fakes.line import Line, LineFault
from tests.injectors.libfaketime import WallClock
from tests.system.faults.counter import APPROVED, NOT_PAID, PAYABLE, Counter
from tests.system.till_process import TillProcess
from tests.system.witness import own_types, verified_journal

DAYS: Final = timedelta(days=3)
RIGHT: Final = timedelta(0)
LOCKED: Final = frozenset({Code.CLOCK_IMPLAUSIBLE.value, Code.QR_EXPIRED.value})
_SLACK: Final = timedelta(seconds=5)


@pytest.fixture
def wall(tmp_path: Path) -> WallClock:
    """Right at first."""
    made = WallClock(tmp_path / "wall-clock")
    made.set_off(RIGHT)
    return made


@pytest.mark.parametrize("off", [DAYS, -DAYS], ids=["ahead", "behind"])
def test_started_with_a_clock_days_off(counter: Counter, line: Line, wall: WallClock, off: timedelta) -> None:
    began = datetime.now(UTC)
    wall.set_off(off)
    line.become(LineFault.REFUSE)
    before = own_types(counter.folder)
    refused = counter.charge(environment=wall.environment())
    assert refused.returncode == NOT_PAID, (refused.returncode, refused.stdout, refused.stderr)
    assert json.loads(refused.stdout)["error"]["code"] in LOCKED, refused.stdout
    assert own_types(counter.folder) == before, "something was written at a time nobody knows"
    line.become(LineFault.NONE)
    paid = counter.charge(environment=wall.environment())
    assert paid.returncode == APPROVED, (paid.returncode, paid.stdout, paid.stderr)
    counter.ended_well()
    _bears_hub_time(counter.folder, began)


@pytest.mark.parametrize("off", [DAYS, -DAYS], ids=["ahead", "behind"])
def test_a_clock_set_days_off_while_the_terminal_runs(
    counter: Counter, line: Line, wall: WallClock, off: timedelta
) -> None:
    began = datetime.now(UTC)
    with TillProcess(counter.folder, environment=wall.environment()) as till:
        till.wait_online()
        line.become(LineFault.REFUSE)
        till.wait_offline()
        _charge(counter, till, PaidOffline.__name__)
        wall.set_off(off)
        refused = till.charge(counter.shop.payment_code().text, PAYABLE)
        assert (refused.outcome, refused.code in LOCKED) == ("NotPaid", True), refused
        assert refused.entry_id is None
    with TillProcess(counter.folder, environment=wall.environment()) as till:
        till.wait_offline()
        again = till.charge(counter.shop.payment_code().text, PAYABLE)
        assert not again.is_paid, f"a restart unlocked it: {again}"
        line.become(LineFault.NONE)
        till.wait_online()
        _charge(counter, till, Paid.__name__)
        line.become(LineFault.REFUSE)
        till.wait_offline()
        _charge(counter, till, PaidOffline.__name__)
        line.become(LineFault.NONE)
        till.wait_online()
    counter.ended_well()
    _bears_hub_time(counter.folder, began)


def _charge(counter: Counter, till: TillProcess, wanted: str) -> None:
    told = till.charge(counter.shop.payment_code().text, PAYABLE)
    assert told.outcome == wanted, told
    assert told.entry_id is not None
    counter.approved[told.entry_id] = PAYABLE


def _bears_hub_time(folder: Path, began: datetime) -> None:
    written = [entry.at for entry in verified_journal(folder)]
    assert all(began - _SLACK <= at <= datetime.now(UTC) + _SLACK for at in written[1:]), written
