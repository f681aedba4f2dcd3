"""The charge at the counter with no line, codes that are refused, recovery, and the threads (protocol.md 5)."""

import threading
from datetime import timedelta

import pytest

from pos_app.features.charging.outcomes import (
    CodeSeen,
    InDoubt,
    ManagerNeeded,
    NotPaid,
    Paid,
    PaidOffline,
)
from pos_app.hub_client import FeedComment, FeedEvent
from pos_app.journal import charges
from pos_app.journal.states import ChargeState
from pos_app.syncing.line import LineState, LineStatus
from shared.api.changes import CodeRevoked, MerchantChanged
from shared.api.policy import OfflinePolicy
from shared.journal_entries import Status
from shared.problems import Code, Refusal
from tests.builders.codes_for_pos import CodeMint
from tests.fakes.hub import Fault
from tests.unit.pos.charging.counter import QUICK, WAIT_S, Counter


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
    assert any(drained.wait(0.1) for _ in counter.time_passing(WAIT_S))
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
