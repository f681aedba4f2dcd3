"""Closing a terminal takes no longer because the line swallows what is sent."""

import time
from pathlib import Path

import pytest

from pos_app.bootstrap import build_enrolment, build_terminal, http_hub
from pos_app.features.charging.outcomes import CodeSeen, InDoubt
from shared.clock import SystemClock
from tests.fakes.http_hub import HttpFakeHub
from tests.fakes.hub import FakeHub
from tests.fakes.line import Line, LineFault
from tests.unit.pos.charging.counter import QUICK, WAIT_S, Counter, settings_of

LIMIT_S = 2.0


@pytest.mark.parametrize("fault", [LineFault.SWALLOW, LineFault.LOSE_REPLIES])
def test_a_terminal_closes_within_two_seconds_while_its_line_swallows(
    tmp_path: Path, fault: LineFault
) -> None:
    served = HttpFakeHub(FakeHub(SystemClock(), policy=QUICK))
    try:
        with Line(int(served.address.rpartition(":")[2])) as line:
            settings = settings_of(tmp_path)
            enrolling, database = build_enrolment(settings)
            door = http_hub(line.url, SystemClock(), None)
            enrolling.enrol(door, "CODE", "till")
            door.close()
            database.close()
            terminal = build_terminal(
                settings, make_hub=lambda _address, clock, identity: http_hub(line.url, clock, identity)
            )
            terminal.start()
            assert terminal.feed.wait_for_contact(WAIT_S * 1000)
            line.become(fault)
            seen = terminal.desk.read_code(served.hub.mint.code(SystemClock().now())[0])
            assert isinstance(seen, CodeSeen)
            outcome = terminal.desk.charge(Counter.request(seen.code_ref, 29_900))
            assert isinstance(outcome, InDoubt)
            # The reversal goes with the backlog, which gives a request twenty seconds.
            served.hub.submitted.clear()
            terminal.desk.give_up(outcome.entry.entry_id)
            if fault is LineFault.LOSE_REPLIES:
                assert served.hub.submitted.wait(WAIT_S)
            began = time.monotonic()
            terminal.close()
            assert time.monotonic() - began < LIMIT_S
    finally:
        served.close()
