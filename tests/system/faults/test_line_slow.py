"""faults.md 22: 100 kbit/s, a round trip of two seconds, flapping: no storm, and the counter answers.

And a hub that asks to be left alone for a while is: what hundreds of terminals that return at once must all do.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from pos_app.features.charging.outcomes import CodeSeen, InDoubt, Paid, PaidOffline
from shared.api.policy import Policy
from tests.injectors.tcp_proxy import Line, SeenRequest, Weather
from tests.log_rules import ExpectedLogs
from tests.system.invariants import all_hold
from tests.system.shop import Shop
from tests.system.spoiler import Spoiler, problem
from tests.system.till import Till, by_way_of, enrol_here

pytestmark = pytest.mark.serial

SLOW: Final = Weather(delay_s=1.0, bits_per_s=100_000)
ANSWERS_S: Final = 0.1
OVER_TIMEOUT_S: Final = 1.0
DRAINED_S: Final = 40.0
A_SECOND: Final = 12
"""Requests of one terminal in any second that are no storm yet: probes, the feed, a token, a charge and a batch."""
ON_AVERAGE: Final = 4
ASKED_FOR_S: Final = 2
REFUSALS: Final = 2
AT_ONCE: Final = 2
"""One for the customer, one for what waits besides."""
JOURNAL: Final = "POST /api/v1/terminals/me/journal"
_CHARGES: Final = 3
_ASKED: Final = 21
_AMOUNT: Final = 100


@pytest.fixture
def line(shop: Shop) -> Iterator[Line]:
    """A line of the test's own."""
    with Line(shop.hub.port) as made:
        yield made


@pytest.fixture
def till(shop: Shop, line: Line, tmp_path: Path) -> Iterator[Till]:
    """Online over that line, with nothing waiting."""
    enrol_here(tmp_path, shop.hub.url, shop.enrolment_code())
    with Till(tmp_path, by_way_of(line.url)) as opened:
        yield opened.wait_online()


def _counter_answers(till: Till, code: str) -> None:
    """What a scan asks of the terminal is answered at once, whatever the line does."""
    took = []
    for _ in range(_ASKED):
        began = time.monotonic()
        assert isinstance(till.read(code), CodeSeen)
        assert till.row.status
        took.append(time.monotonic() - began)
    assert statistics.median(took) < ANSWERS_S, took


def _no_storm(requests: list[SeenRequest], lasted_s: float) -> None:
    times = [request.at_s for request in requests]
    worst = max((sum(at <= later < at + 1 for later in times) for at in times), default=0)
    assert worst <= A_SECOND, f"{worst} requests in a second: {requests}"
    assert len(times) <= ON_AVERAGE * lasted_s, f"{len(times)} requests in {lasted_s:.0f} s"


def test_over_a_slow_line_and_a_flapping_one_the_counter_answers_and_nothing_storms(
    shop: Shop, line: Line, till: Till, policy: Policy, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    codes = [shop.payment_code() for _ in range(2 * _CHARGES + 1)]
    limit_s = policy.response_timeout_ms / 1_000 + OVER_TIMEOUT_S
    approved: dict[str, int] = {}
    began, before = time.monotonic(), len(line.requests)

    def charge_some(count: int) -> None:
        for _ in range(count):
            charged = till.charge(codes.pop().text, _AMOUNT)
            assert isinstance(charged.outcome, Paid | PaidOffline | InDoubt), charged.outcome
            assert charged.took_s <= limit_s, f"{charged.took_s:.1f} s"
            if isinstance(charged.outcome, InDoubt):
                till.terminal.desk.approve_offline(charged.outcome.entry.entry_id, None)
            approved[charged.outcome.entry.entry_id] = _AMOUNT

    line.become(SLOW)
    charge_some(_CHARGES)
    _counter_answers(till, codes[0].text)
    drained_s = till.row.wait("all sent over the slow line", lambda status: not status.waiting, DRAINED_S)
    line.flap(SLOW, up_s=2.5, down_s=0.5)
    charge_some(_CHARGES)
    _counter_answers(till, codes[0].text)
    lasted_s = time.monotonic() - began
    _no_storm(line.requests[before:], lasted_s)
    line.become(Weather())
    till.wait_online()
    all_hold(shop, till.folder, approved=approved)
    assert drained_s < DRAINED_S


def test_a_hub_that_asks_for_time_is_given_it_and_the_customer_does_not_wait(
    shop: Shop, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    enrol_here(tmp_path, shop.hub.url, shop.enrolment_code())
    with (
        Spoiler(shop.hub.url) as spoiler,
        Line(spoiler.port) as line,
        Till(tmp_path, by_way_of(line.url)) as till,
    ):
        till.wait_online()
        line.requests.clear()
        spoiler.spoil, spoiler.reaches_hub = problem("SYSTEM_BUSY", 503, ASKED_FOR_S), False
        charged = till.charge(shop.payment_code().text, _AMOUNT)
        assert isinstance(charged.outcome, PaidOffline | InDoubt), charged.outcome
        asked = len(line.wait_for_requests(JOURNAL, 1, OVER_TIMEOUT_S))
        times = line.wait_for_requests(JOURNAL, asked + 2 * REFUSALS, 8 * REFUSALS * ASKED_FOR_S)
        busiest = max(sum(at <= later < at + ASKED_FOR_S for later in times) for at in times)
        assert busiest <= AT_ONCE, (
            f"{busiest} requests in the {ASKED_FOR_S} s that the hub asked for: {times}"
        )
        spoiler.spoil = None
        till.wait_online()
    all_hold(shop, tmp_path)
