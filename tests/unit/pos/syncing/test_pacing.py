"""How often the hub is asked, and with how much at once: customers first, no storm, no entry that blocks the rest."""

import random
from typing import Protocol, TypeVar

import pytest

from pos_app.features.charging.outcomes import InDoubt, Paid, PaidOffline
from pos_app.journal.waiting import WaitingEntry
from pos_app.syncing.batches import FIRST, BatchSize, within_request
from pos_app.syncing.breaker import SPREAD_MS, Breaker, BreakerState
from pos_app.syncing.line import LineState
from pos_app.syncing.line_watch import UNANSWERED_CHARGES
from pos_app.syncing.rests import HOURLY_MS, Rests
from shared.api.journal import MAX_BATCH, MAX_REQUEST_BYTES
from shared.journal_entries import EntryType
from shared.problems import Code
from tests.fakes.clock import ManualClock
from tests.fakes.hub import Fault
from tests.log_rules import ExpectedLogs
from tests.unit.pos.charging.counter import Counter

TERMINALS = 200
State = TypeVar("State", covariant=True)


class HasState(Protocol[State]):
    """What stands in a state that changes by itself."""

    @property
    def state(self) -> State: ...


def _now(what: HasState[State]) -> State:
    """The state at this moment."""
    return what.state


def test_terminals_that_find_the_hub_again_at_once_spread_their_first_contact() -> None:
    chance = random.Random(4)
    clock = ManualClock()
    breakers = [Breaker(clock, chance.random) for _ in range(TERMINALS)]
    for one in breakers:
        one.line_is_lost()
        one.line_is_back()
    rests = sorted(one.enter() for one in breakers)
    assert rests[-1] <= SPREAD_MS
    tenth = SPREAD_MS // 10
    fullest = max(sum(1 for rest in rests if at <= rest < at + tenth) for at in range(0, SPREAD_MS, tenth))
    assert fullest <= TERMINALS // 4


def test_after_a_rest_one_attempt_is_made_and_its_outcome_decides() -> None:
    clock = ManualClock()
    breaker = Breaker(clock, lambda: 0.5)
    assert breaker.enter() == 0
    waits = []
    for _ in range(12):
        breaker.failed()
        waits.append(breaker.enter())
        assert _now(breaker) is BreakerState.OPEN
        clock.advance(waits[-1])
        assert breaker.enter() == 0
        assert _now(breaker) is BreakerState.HALF_OPEN
    assert waits == sorted(waits)
    assert waits[-1] <= 30_000
    breaker.worked()
    assert _now(breaker) is BreakerState.CLOSED
    breaker.failed()
    assert breaker.enter() == waits[0]


def test_the_time_that_the_hub_asked_for_is_kept_even_if_the_line_comes_and_goes() -> None:
    clock = ManualClock()
    breaker = Breaker(clock, lambda: 0.0)
    breaker.failed(retry_after_s=90)
    clock.advance(30_000)
    breaker.line_is_lost()
    breaker.line_is_back()
    assert breaker.enter() == 60_000


def test_a_batch_takes_about_a_second_and_beside_customers_no_longer_than_a_charge() -> None:
    clock = ManualClock()
    size = BatchSize(clock)
    for _ in range(8):
        size.answered(size.entries, 100)
    assert size.entries == MAX_BATCH
    size.answered(MAX_BATCH, 10_000)  # a slow line: at once what it carries in a second
    assert size.entries == MAX_BATCH // 10
    size.failed()
    assert size.entries == MAX_BATCH // 20
    for _ in range(8):
        size.answered(size.entries, 100)
    size.charge_answered(50)
    size.answered(MAX_BATCH, 500)
    assert size.entries == MAX_BATCH // 10
    clock.advance(10_000)  # nobody comes any more
    size.answered(size.entries, 50)
    assert size.entries == MAX_BATCH // 5
    assert FIRST < MAX_BATCH


def test_a_request_holds_no_more_than_its_bytes_with_decisions_too() -> None:
    entries = [WaitingEntry(seq, "x" * 4_000, EntryType.CHARGE, None, "y" * 1_000) for seq in range(300)]
    taken = within_request(entries)
    assert 150 < len(taken) <= MAX_REQUEST_BYTES // 5_000


def test_an_entry_without_a_decision_rests_ever_longer_and_one_that_is_known_an_hour() -> None:
    clock = ManualClock()
    rests = Rests(clock, lambda: 0.0)
    rests.soon(1, at_the_counter=True)
    first = rests.until_next_ms()
    for _ in range(8):
        rests.soon(1, at_the_counter=True)
    assert first < rests.until_next_ms() <= 2_000
    for _ in range(8):
        rests.soon(2, at_the_counter=False)
    clock.advance(2_000)
    assert rests.resting() == {2}
    rests.hourly(3)
    rests.end_failures()
    assert rests.resting() == {3}
    clock.advance(HOURLY_MS)
    assert rests.resting() == frozenset()


def test_one_entry_that_the_hub_will_not_take_holds_up_none_of_the_others(
    counter: Counter, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.syncing", "refused the backlog|does not take entry")
    counter.cut()
    outcomes = [counter.charge(1_000) for _ in range(20)]
    assert all(isinstance(one, PaidOffline) for one in outcomes)
    counter.let_pass(120_000)
    counter.hub.script.untaken = 7
    counter.mend()
    counter.terminal.submitter.start()
    for _ in counter.time_passing(20):
        counter.hub.submitted.wait(0.05)
        counter.hub.submitted.clear()
        if counter.depth() <= 2:
            break
    assert counter.depth() == 2  # the entry, and its charge's other one
    assert len(counter.hub.completed()) == 19


def test_the_hub_that_asks_to_be_left_alone_is_left_alone(
    counter: Counter, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", "refused")
    counter.charge()
    counter.drain()
    counter.hub.script.problems.append(Code.RATE_LIMITED)
    counter.hub.script.retry_after_s = 60
    doubtful = counter.charge()
    assert isinstance(doubtful, InDoubt)
    asked = len(counter.hub.requests)
    counter.let_pass(59_000)
    assert not counter.terminal.submitter.send_waiting()
    assert len(counter.hub.requests) == asked
    counter.let_pass(2_000)
    counter.drain()
    assert len(counter.hub.requests) > asked


def test_a_hub_that_answers_probes_and_no_charges_is_as_good_as_none_until_one_submission_works(
    counter: Counter,
) -> None:
    line = counter.terminal.line
    line.heard()
    for _ in range(UNANSWERED_CHARGES):
        counter.hub.script.faults.append(Fault.SWALLOWED)
        assert isinstance(counter.charge(1_000), InDoubt)
    assert _now(line) is LineState.OFFLINE
    line.heard()  # a probe
    assert _now(line) is LineState.OFFLINE
    assert isinstance(counter.charge(1_000), PaidOffline)
    counter.drain()
    assert _now(line) is LineState.ONLINE
    assert isinstance(counter.charge(1_000), Paid)


@pytest.mark.parametrize("spare", [0, 1])
def test_fewer_unanswered_charges_leave_the_line_as_it_is(counter: Counter, spare: int) -> None:
    counter.terminal.line.heard()
    for _ in range(UNANSWERED_CHARGES - 1 - spare):
        counter.hub.script.faults.append(Fault.SWALLOWED)
        counter.charge(1_000)
    assert counter.terminal.line.state is LineState.ONLINE
