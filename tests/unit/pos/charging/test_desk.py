"""The charge at the counter: every answer, every fault, offline, in doubt, recovery (protocol.md 5)."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.bootstrap import Terminal, build_enrolment, build_terminal
from pos_app.features.charging.desk import Desk
from pos_app.features.charging.outcomes import (
    ChargeRequest,
    CodeSeen,
    GivenUp,
    InDoubt,
    ManagerNeeded,
    NotPaid,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.hub_client import FeedComment, FeedEvent, Unreachable
from pos_app.journal import charges, waiting
from pos_app.journal.states import ChargeState
from pos_app.settings import KeyStoreKind, Settings
from pos_app.syncing.line import LineState, LineStatus
from shared.api.changes import CodeRevoked, MerchantChanged
from shared.api.policy import OfflinePolicy, Policy
from shared.journal_entries import Status
from shared.problems import Code, Refusal
from tests.builders.codes_for_pos import CodeMint
from tests.fakes.clock import ManualClock
from tests.fakes.hub import FakeHub, Fault
from tests.log_rules import ExpectedLogs

QUICK = Policy(response_timeout_ms=400, offline=OfflinePolicy(soft_total=80_000, max_total=100_000))
WAIT_S = 20


@dataclass
class Counter:
    """A terminal on a hub in memory, its threads running only when a test says `start`."""

    folder: Path
    clock: ManualClock
    hub: FakeHub
    hub_clock: ManualClock
    terminal: Terminal

    @property
    def desk(self) -> Desk:
        return self.terminal.desk

    def charge(
        self,
        amount: int = 29_900,
        *,
        approver: str | None = None,
        training: bool = False,
        rate: int = 10_000,
        offline_limit: int = 50_000,
    ) -> Outcome:
        now = self.hub.clock.now()
        text, _ = self.hub.mint.code(now, rate=rate, offline_limit=offline_limit)
        seen = self.terminal.desk.read_code(text)
        assert isinstance(seen, CodeSeen), seen
        return self.terminal.desk.charge(self.request(seen.code_ref, amount, approver, training))

    @staticmethod
    def request(
        code_ref: str, amount: int, approver: str | None = None, training: bool = False
    ) -> ChargeRequest:
        return ChargeRequest(
            amount=amount, code_ref=code_ref, cashier="c", shift="0001", approver=approver, training=training
        )

    def let_pass(self, ms: int) -> None:
        """Time passes, here and at the hub."""
        self.clock.advance(ms)
        self.hub_clock.advance(ms)

    def cut(self) -> None:
        """The line is down and the terminal knows."""
        self.hub.script.is_down = True
        self.terminal.line.lost(Unreachable.REFUSED)
        assert self.terminal.line.state is LineState.OFFLINE

    def mend(self) -> None:
        """The line is back and the terminal knows."""
        self.hub.script.is_down = False
        self.terminal.line.heard()

    def drain(self) -> None:
        """Send until nothing is due."""
        for _ in range(20):
            if not self.terminal.submitter.send_waiting():
                return
        raise AssertionError("the backlog does not drain")

    def state(self, outcome: Outcome) -> ChargeState:
        assert not isinstance(outcome, ManagerNeeded)
        assert outcome.entry is not None
        charge = self.terminal.history.find(outcome.entry.entry_id)
        assert charge is not None
        return charge.state

    def depth(self) -> int:
        return self.terminal.database.read(waiting.queue).result().depth

    def reopen(self) -> "Counter":
        """As after a crash: what was in memory is gone."""
        self.terminal.close()
        self.terminal = _open(self.folder, self.clock, self.hub)
        return self


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, key_store=KeyStoreKind.FILE)


def _open(folder: Path, clock: ManualClock, hub: FakeHub) -> Terminal:
    return build_terminal(_settings(folder), make_hub=lambda *_: hub, machine=clock)


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    clock = ManualClock()
    hub_clock = ManualClock()
    hub = FakeHub(hub_clock, policy=QUICK)
    enrolling, database = build_enrolment(_settings(tmp_path), clock)
    enrolling.enrol(hub, "CODE", "till")
    database.close()
    made = Counter(tmp_path, clock, hub, hub_clock, _open(tmp_path, clock, hub))
    yield made
    made.terminal.close()


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
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    assert isinstance(counter.desk.give_up(outcome.entry.entry_id), GivenUp)
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


def test_offline_the_charge_and_its_advice_are_one_commit_and_settle_when_the_line_is_back(
    counter: Counter,
) -> None:
    counter.cut()
    outcome = counter.charge(30_000)
    assert isinstance(outcome, PaidOffline)
    assert counter.depth() == 3  # genesis, charge, advice
    counter.let_pass(120_000)
    counter.mend()
    counter.drain()
    assert counter.state(outcome) is ChargeState.SETTLED
    assert counter.depth() == 0
    (told,) = counter.hub.completed()
    assert told.offline


def test_a_line_that_refuses_in_mid_press_is_approved_offline_at_once(counter: Counter) -> None:
    counter.hub.script.is_down = True
    outcome = counter.charge()
    assert isinstance(outcome, PaidOffline)
    assert counter.terminal.line.state is LineState.OFFLINE


def test_offline_a_charge_over_the_codes_limit_is_refused_and_nothing_is_written(counter: Counter) -> None:
    counter.cut()
    before = counter.depth()
    outcome = counter.charge(60_000)
    assert isinstance(outcome, NotPaid)
    assert outcome.entry is None
    assert outcome.refusal.code is Code.OFFLINE_LIMIT_EXCEEDED
    assert counter.depth() == before


def test_over_the_soft_total_a_manager_is_asked_and_over_the_total_nobody_can(counter: Counter) -> None:
    counter.cut()
    assert isinstance(counter.charge(50_000), PaidOffline)
    assert isinstance(counter.charge(30_000), PaidOffline)
    depth = counter.depth()
    assert isinstance(counter.charge(10_000), ManagerNeeded)
    assert counter.depth() == depth
    assert isinstance(counter.charge(10_000, approver="m"), PaidOffline)
    refused = counter.charge(20_000, approver="m")
    assert isinstance(refused, NotPaid)
    assert refused.refusal.code is Code.OFFLINE_LIMIT_EXCEEDED


def test_new_contact_gives_the_offline_limits_afresh(counter: Counter) -> None:
    counter.cut()
    counter.charge(50_000)
    counter.let_pass(1_000)
    assert counter.terminal.board.status().meter.left_total == 50_000
    counter.terminal.hub_copy.take_contact(counter.hub.clock.now())
    assert counter.terminal.board.status().meter.left_total == 100_000


def test_while_a_charge_is_open_its_contact_is_kept(counter: Counter) -> None:
    counter.hub.script.faults.append(Fault.SWALLOWED)
    outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    counter.let_pass(1_000)
    counter.terminal.hub_copy.take_contact(counter.hub.clock.now())
    counter.desk.approve_offline(outcome.entry.entry_id, None)
    journal = counter.terminal.book.journal
    charge, advice = counter.terminal.database.read(
        lambda tx: (journal.entry(tx, outcome.entry.seq), journal.entry(tx, outcome.entry.seq + 1))
    ).result()
    assert advice.contact == charge.contact
    counter.drain()
    counter.charge()
    later = counter.terminal.database.read(lambda tx: journal.entry(tx, outcome.entry.seq + 2)).result()
    assert later.contact > charge.contact


def test_a_clock_behind_the_last_contact_locks_offline_approval_but_not_charges_online(
    counter: Counter,
) -> None:
    counter.charge()
    counter.clock.set(counter.clock.now() - timedelta(days=3))
    counter.cut()
    outcome = counter.charge()
    assert isinstance(outcome, NotPaid)
    assert outcome.refusal.code is Code.CLOCK_IMPLAUSIBLE
    counter.mend()
    assert isinstance(counter.charge(), Paid)


@pytest.mark.parametrize(
    "text", ["https://example.com", "WIFI:T:WPA;S:shop;P:x;;", "MPS1:", "MPS1:%%%", "x" * 9_999, ""]
)
def test_other_codes_are_refused_and_nothing_is_written(counter: Counter, text: str) -> None:
    refusal = counter.desk.read_code(text)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.INVALID_QR
    assert counter.depth() == 1


def test_a_code_of_another_hub_is_no_payment_code_here(counter: Counter) -> None:
    text, _ = CodeMint(seed=9).code(counter.hub.clock.now())
    refusal = counter.desk.read_code(text)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.INVALID_QR


def test_an_expired_code_a_foreign_currency_and_a_used_code_are_refused_before_anything_is_written(
    counter: Counter,
) -> None:
    counter.cut()
    mint, now = counter.hub.mint, counter.hub.clock.now()
    expired, _ = mint.code(now - timedelta(hours=1))
    foreign, _ = mint.code(now, currency="JPY")
    text, _ = mint.code(now)
    seen = counter.desk.read_code(text)
    assert isinstance(seen, CodeSeen)
    assert isinstance(counter.desk.charge(counter.request(seen.code_ref, 100)), PaidOffline)
    depth = counter.depth()
    codes = [counter.desk.read_code(one) for one in (expired, foreign, text)]
    assert [one.code for one in codes if isinstance(one, Refusal)] == [
        Code.QR_EXPIRED,
        Code.CURRENCY_MISMATCH,
        Code.QR_ALREADY_USED,
    ]
    assert counter.depth() == depth


def test_a_revoked_code_is_refused(counter: Counter) -> None:
    text, claims = counter.hub.mint.code(counter.hub.clock.now())
    event = CodeRevoked(code_ref=claims.code_ref, exp=claims.expires_at)
    counter.terminal.hub_copy.take_event("code_revoked", event.model_dump_json(), "1")
    refusal = counter.desk.read_code(text)
    assert isinstance(refusal, Refusal)
    assert refusal.code is Code.QR_REVOKED


def test_a_suspended_merchant_approves_nothing_offline(counter: Counter) -> None:
    merchant = counter.terminal.hub_copy.facts.merchant.model_copy(update={"status": "suspended"})
    event = MerchantChanged(merchant=merchant)
    counter.terminal.hub_copy.take_event("merchant", event.model_dump_json(), "1")
    counter.cut()
    outcome = counter.charge()
    assert isinstance(outcome, NotPaid)
    assert outcome.refusal.code is Code.OFFLINE_NOT_ALLOWED


@pytest.mark.parametrize("amount", [0, -1, 100_000_000])
def test_an_amount_out_of_bounds_is_refused_and_nothing_is_written(counter: Counter, amount: int) -> None:
    outcome = counter.charge(amount)
    assert isinstance(outcome, NotPaid)
    assert outcome.entry is None
    assert outcome.refusal.code is Code.INVALID_AMOUNT
    assert counter.depth() == 1


def test_full_width_and_lower_case_from_a_scanner_are_folded(counter: Counter) -> None:
    text, claims = counter.hub.mint.code(counter.hub.clock.now())
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text.lower())
    seen = counter.desk.read_code(wide + "\r\n")
    assert isinstance(seen, CodeSeen)
    assert seen.code_ref == claims.code_ref


def test_at_a_start_an_open_charge_is_reversed_and_an_approved_one_is_not(counter: Counter) -> None:
    counter.hub.script.faults.extend([Fault.REPLY_LOST, Fault.REPLY_LOST])
    lost, kept = counter.charge(), counter.charge()
    assert isinstance(lost, InDoubt)
    assert isinstance(kept, InDoubt)
    counter.desk.approve_offline(kept.entry.entry_id, None)
    counter.reopen()
    assert counter.state(lost) is ChargeState.REVERSED
    assert counter.state(kept) is ChargeState.ADVISED
    counter.drain()
    assert counter.hub.outcome(lost.entry.entry_id) is Status.REVERSED
    assert counter.hub.outcome(kept.entry.entry_id) is Status.COMPLETED


def test_a_training_charge_counts_nowhere_and_is_never_approved_offline(counter: Counter) -> None:
    outcome = counter.charge(training=True)
    assert isinstance(outcome, Paid)
    assert counter.hub.completed() == []
    counter.cut()
    refused = counter.charge(training=True)
    assert isinstance(refused, NotPaid)
    assert refused.refusal.code is Code.OFFLINE_NOT_ALLOWED


def test_an_unsent_reversal_goes_before_a_new_charge(counter: Counter) -> None:
    counter.hub.script.faults.append(Fault.SWALLOWED)
    first = counter.charge()
    assert isinstance(first, InDoubt)
    counter.desk.give_up(first.entry.entry_id)
    second = counter.charge()
    assert isinstance(second, Paid)
    assert counter.hub.requests[-1] == [first.entry.seq, first.entry.seq + 1, second.entry.seq]


def test_a_rejected_advice_waits_for_a_person(counter: Counter) -> None:
    counter.cut()
    outcome = counter.charge()
    assert isinstance(outcome, PaidOffline)
    counter.let_pass(120_000)
    counter.mend()
    counter.hub.script.declines.append(Code.QR_ALREADY_USED)
    counter.drain()
    assert counter.state(outcome) is ChargeState.REJECTED
    rejected = [row for row in counter.terminal.inbox.rows() if row.entry is not None]
    assert rejected[0].entry is not None
    assert rejected[0].entry.code is Code.QR_ALREADY_USED


def test_with_the_threads_running_a_backlog_drains_by_itself_when_the_line_returns(counter: Counter) -> None:
    counter.cut()
    outcomes = [counter.charge(1_000) for _ in range(30)]
    assert all(isinstance(one, PaidOffline) for one in outcomes)
    drained = threading.Event()

    def look(status: LineStatus) -> None:
        if status.waiting == 0:
            drained.set()

    counter.terminal.on_line_status(look)
    counter.terminal.start()
    counter.let_pass(120_000)
    counter.hub.script.is_down = False
    assert drained.wait(WAIT_S)
    assert len(counter.hub.completed()) == 30
    settled = counter.terminal.database.read(lambda tx: charges.in_states(tx, ChargeState.SETTLED)).result()
    assert len(settled) == 30


def test_the_feed_brings_contact_and_policy(counter: Counter) -> None:
    counter.let_pass(5_000)
    contacted = counter.hub.clock.now()
    policy = QUICK.model_copy(update={"version": 2, "offline": OfflinePolicy(max_amount=1)})
    counter.hub.feed_items += [
        FeedEvent("policy", '{"policy":' + policy.model_dump_json() + "}", "5"),
        FeedComment(contacted),
    ]
    counter.terminal.start()
    assert counter.terminal.feed.wait_for_contact(WAIT_S * 1_000)
    facts = counter.terminal.hub_copy.facts
    assert (facts.contact, facts.policy.version, facts.cursor) == (contacted, 2, "5")
