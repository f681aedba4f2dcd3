"""A counter for each test, closed at its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.bootstrap import build_enrolment
from tests.fakes.clock import ManualClock
from tests.fakes.hub import FakeHub
from tests.unit.pos.charging.counter import QUICK, Counter, open_terminal, settings_of


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    clock = ManualClock()
    hub_clock = ManualClock()
    hub = FakeHub(hub_clock, policy=QUICK)
    enrolling, database = build_enrolment(settings_of(tmp_path), clock)
    enrolling.enrol(hub, "CODE", "till")
    database.close()
    made = Counter(tmp_path, clock, hub, hub_clock, open_terminal(tmp_path, clock, hub))
    yield made
    made.terminal.close()
