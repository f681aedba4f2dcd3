"""The charge at the counter online: every answer and every fault (protocol.md 5)."""

import pytest

from pos_app.features.charging.outcomes import (
    GivenUp,
    InDoubt,
    NotPaid,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.journal.states import ChargeState
from shared.journal_entries import Status
from shared.problems import Code, Refusal
from tests.fakes.hub import Fault
from tests.log_rules import ExpectedLogs
from tests.unit.pos.charging.counter import Counter


def test_a_charge_that_the_hub_completes_is_paid_and_its_decision_is_kept(counter: Counter) -> None:
    outcome = counter.charge(rate=9_500)
    assert isinstance(outcome, Paid)
    assert outcome.transaction.payable == 28_405
    assert not outcome.settled_offline
    assert counter.state(outcome) is ChargeState.COMPLETED


def test_a_decline_is_not_paid_and_names_its_code(counter: Counter) -> None:
    counter.hub.script.declines.append(Code.INSUFFICIENT_BALANCE)
    outcome = counter.charge()
    assert isinstance(outcome, NotPaid)
    assert outcome.refusal.code is Code.INSUFFICIENT_BALANCE
    assert outcome.entry is not None
    assert counter.state(outcome) is ChargeState.DECLINED


def test_a_lost_reply_is_asked_again_with_the_same_entry_and_charges_once(counter: Counter) -> None:
    counter.hub.script.faults.append(Fault.REPLY_LOST)
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    late: list[Outcome] = []
    counter.terminal.on_late_outcome(late.append)
    counter.drain()
    assert [type(one) for one in late] == [Paid]
    assert len(counter.hub.completed()) == 1


def test_a_decision_that_does_not_verify_is_no_answer(counter: Counter, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("mps.pos.syncing", "cannot be believed")
    counter.hub.script.faults.append(Fault.NONSENSE)
    assert isinstance(counter.charge(), InDoubt)
    counter.drain()


@pytest.mark.parametrize("fault", [Fault.SWALLOWED, Fault.REPLY_LOST])
def test_silence_is_in_doubt_and_may_be_approved_offline(counter: Counter, fault: Fault) -> None:
    counter.hub.script.faults.append(fault)
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    assert outcome.offline.refusal is None
    approved = counter.desk.approve_offline(outcome.entry.entry_id, None)
    assert isinstance(approved, PaidOffline)
    assert approved.offline_no == f"T07-{outcome.entry.seq}"
    counter.drain()
    assert counter.state(outcome) is ChargeState.SETTLED
    assert len(counter.hub.completed()) == 1
    assert counter.depth() == 0


def test_a_charge_in_doubt_that_is_given_up_is_reversed_even_if_the_hub_had_completed_it(
    counter: Counter,
) -> None:
    counter.hub.script.faults.append(Fault.REPLY_LOST)
    outcome = counter.charge(rate=9_500)
    assert isinstance(outcome, InDoubt)
    given_up = counter.desk.give_up(outcome.entry.entry_id)
    assert isinstance(given_up, GivenUp)
    assert given_up.payable == outcome.payable == 28_405
    counter.drain()
    assert counter.hub.outcome(outcome.entry.entry_id) is Status.REVERSED
    assert counter.state(outcome) is ChargeState.REVERSED
    assert counter.hub.completed() == []


def test_giving_up_after_the_answer_came_gives_the_answer(counter: Counter) -> None:
    counter.hub.script.faults.append(Fault.REPLY_LOST)
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    counter.drain()
    assert isinstance(counter.desk.give_up(outcome.entry.entry_id), Paid)
    assert isinstance(counter.desk.approve_offline(outcome.entry.entry_id, None), Paid)


def test_busy_is_in_doubt_with_its_reason_and_the_same_entry_goes_again(counter: Counter) -> None:
    counter.hub.script.retries.append(Code.SYSTEM_BUSY)
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    assert outcome.because is not None
    assert outcome.because.code is Code.SYSTEM_BUSY
    counter.let_pass(3_000)
    counter.drain()
    assert counter.state(outcome) is ChargeState.COMPLETED


def test_a_problem_document_is_in_doubt(counter: Counter, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("mps.pos.charging", "refused the request")
    counter.hub.script.problems.append(Code.INTERNAL_ERROR)
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    assert outcome.because == Refusal(Code.INTERNAL_ERROR)


@pytest.mark.parametrize("code", [Code.SERVICE_SUSPENDED, Code.MERCHANT_NOT_ACTIVE, Code.TERMINAL_NOT_ACTIVE])
def test_a_hub_that_takes_no_charges_gets_the_reversal_first(counter: Counter, code: Code) -> None:
    counter.hub.script.retries.append(code)
    outcome = counter.charge()
    assert isinstance(outcome, GivenUp)
    assert outcome.because == Refusal(code)
    assert counter.state(outcome) is ChargeState.REVERSED


def test_a_held_charge_is_reversed_and_says_why(counter: Counter) -> None:
    counter.hub.script.held = 1
    outcome = counter.charge()
    assert isinstance(outcome, GivenUp)
    assert outcome.because == Refusal(Code.TERMINAL_NOT_ACTIVE)
    counter.drain()
    assert counter.depth() == 0


def test_an_unconfirmed_charge_gets_its_advice_at_once_if_the_rules_hold(counter: Counter) -> None:
    counter.hub.script.unconfirmed = 1
    outcome = counter.charge()
    assert isinstance(outcome, PaidOffline)
    counter.drain()
    assert counter.state(outcome) is ChargeState.SETTLED


def test_an_unconfirmed_charge_is_reversed_if_the_rules_do_not_hold(counter: Counter) -> None:
    counter.hub.script.unconfirmed = 1
    outcome = counter.charge(offline_limit=0)
    assert isinstance(outcome, GivenUp)
    assert outcome.because is not None
    assert outcome.because.code is Code.OFFLINE_NOT_ALLOWED
