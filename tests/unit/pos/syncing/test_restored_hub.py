"""A hub that lost its newest data hears again what it had decided, and decides nothing twice (protocol.md 5)."""

from datetime import timedelta

import pytest

from pos_app.features.charging.outcomes import InDoubt, Outcome, Paid, PaidOffline
from pos_app.journal import charges, journal, waiting
from pos_app.journal.states import ChargeState
from shared.api.changes import Covered
from shared.clock import to_wire
from shared.journal_entries import Status
from shared.problems import Code
from tests.fakes.hub import Fault
from tests.log_rules import ExpectedLogs
from tests.unit.pos.charging.counter import Counter


@pytest.fixture(autouse=True)
def _loud(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("mps.pos", "another incarnation|data reach")


def _again(counter: Counter) -> list[int]:
    found = counter.terminal.database.read(lambda tx: waiting.due(tx, 1_000, ())).result()
    return [entry.seq for entry in found if entry.decision is not None]


def _decision(counter: Counter, seq: int) -> str | None:
    return counter.terminal.database.read(lambda tx: journal.decision_of(tx, seq)).result()


def _seq(outcome: Outcome) -> int:
    assert isinstance(outcome, Paid | PaidOffline | InDoubt)
    return outcome.entry.seq


def test_what_a_restored_hub_lost_is_sent_again_in_order_with_its_decisions_and_nothing_else(
    counter: Counter,
) -> None:
    first = counter.charge()
    counter.drain()
    counter.let_pass(60_000)
    reach = counter.hub.clock.now()
    counter.let_pass(60_000)
    lost = [counter.charge(1_000) for _ in range(3)]
    counter.drain()
    decisions = {_seq(one): _decision(counter, _seq(one)) for one in lost}
    counter.hub.restore(f"{to_wire(reach)}-mark", _seq(first))
    counter.let_pass(60_000)
    newest = counter.charge(2_000)
    assert isinstance(newest, Paid)
    assert _again(counter) == [_seq(one) for one in lost]
    counter.drain()
    assert counter.hub.applied_again == [_seq(one) for one in lost]
    assert {seq: _decision(counter, seq) for seq in decisions} == decisions
    assert all(
        counter.hub.outcome(one.entry.entry_id) is Status.COMPLETED for one in lost if isinstance(one, Paid)
    )
    assert (_again(counter), counter.depth()) == ([], 0)
    assert counter.terminal.hub_copy.facts.verified_through == _seq(newest)


def test_an_early_entry_that_was_decided_late_is_sent_again_too(counter: Counter) -> None:
    counter.cut()
    early = counter.charge(1_000)
    counter.let_pass(600_000)
    counter.mend()
    counter.drain()
    assert counter.state(early) is ChargeState.SETTLED
    reach = counter.hub.clock.now() - timedelta(minutes=1)
    head = _seq(early) + 1
    counter.hub.restore(f"{to_wire(reach)}-mark", head, decided_before=reach)
    counter.let_pass(1_000)
    assert isinstance(counter.charge(1_000), Paid)
    counter.drain()
    assert counter.hub.applied_again == [0, head - 1, head]
    assert counter.state(early) is ChargeState.SETTLED


def test_a_crash_while_it_is_sent_again_goes_on_at_the_next_start(counter: Counter) -> None:
    paid = [counter.charge(1_000) for _ in range(4)]
    counter.drain()
    counter.hub.restore("unreadable", -1)
    counter.charge(1_000)
    assert len(_again(counter)) == 5
    counter.reopen()
    assert _again(counter) == [0, *(_seq(one) for one in paid)]
    counter.drain()
    assert counter.hub.applied_again == [0, *(_seq(one) for one in paid)]
    assert counter.depth() == 0


def test_a_terminal_with_nothing_to_send_learns_of_the_restore_by_itself(counter: Counter) -> None:
    paid = counter.charge()
    counter.drain()
    counter.hub.restore("unreadable", -1)
    counter.reopen()
    assert counter.depth() == 0
    counter.drain()
    assert counter.hub.outcome(paid.entry.entry_id if isinstance(paid, Paid) else "") is Status.COMPLETED
    assert counter.depth() == 0


def test_another_decision_than_the_one_that_is_kept_stands_beside_it_for_a_person(
    counter: Counter, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.syncing", "in two ways")
    paid = counter.charge()
    counter.drain()
    kept = _decision(counter, _seq(paid))
    counter.hub.contradict(_seq(paid))
    counter.hub.incarnation = "2"
    counter.charge(1_000)
    counter.drain()
    assert _decision(counter, _seq(paid)) == kept
    assert counter.state(paid) is ChargeState.COMPLETED
    [other] = [
        one for one in counter.terminal.database.read(waiting.set_aside).result() if one.is_contradicted
    ]
    assert (other.seq, other.status, other.code) == (_seq(paid), Status.DECLINED, Code.CARD_NOT_ACTIVE)
    assert counter.depth() == 0


def test_what_a_backup_covers_falls_with_a_new_incarnation_alone(counter: Counter) -> None:
    for _ in range(3):
        counter.charge(1_000)
    counter.drain()
    copy = counter.terminal.hub_copy
    for told, kept in ((3, 3), (1, 3)):
        copy.take_event("covered", Covered(seq=told).model_dump_json(), "1")
        assert copy.facts.covered_through == kept
    counter.hub.restore("2", 0)
    counter.charge(1_000)
    assert copy.facts.covered_through == 0
    counter.drain()
    assert counter.depth() == 0


def test_a_charge_left_open_with_nobody_waiting_gets_its_end_before_the_backlog(counter: Counter) -> None:
    counter.cut()
    for _ in range(20):
        counter.charge(1_000)
    counter.mend()
    counter.hub.script.faults.append(Fault.SWALLOWED)
    left = counter.charge(1_000)
    assert isinstance(left, InDoubt)
    counter.terminal.submitter.send_waiting()
    assert counter.hub.requests[-1] == [_seq(left)]
    assert counter.state(left) is ChargeState.COMPLETED
    counter.drain()
    open_now = counter.terminal.database.read(
        lambda tx: charges.in_states(tx, ChargeState.DURABLE, ChargeState.IN_DOUBT, ChargeState.ADVISED)
    )
    assert open_now.result() == []
