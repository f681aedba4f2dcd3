"""Entries in any order: waiting, held, chained, forked, malformed (protocol.md 4, 5)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hub_server.audit.tables import audit_events
from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake.tables import journal_entries, journal_forks
from hub_server.merchants.tables import merchants
from hub_server.terminals.tables import contact_spells, terminals
from hub_server.transactions.tables import transactions
from shared.journal_entries import (
    AdviceData,
    AdviceReason,
    Entry,
    GenesisData,
    ReversalData,
    ReversalReason,
    ShiftOpenData,
    Status,
    sign_entry,
)
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import START, ManualClock

NewCounter = Callable[..., Counter]


def test_a_reversal_before_its_charge_waits_and_then_ends_it_without_moving_anything(
    counter: Counter, rows: HubRows
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    reversal = counter.journal.reversal(charge)
    waiting = counter.ask(reversal)
    assert (waiting.status, waiting.decision) == (Status.PENDING, None)
    charged = counter.ask(charge)
    assert (charged.status, charged.transaction) == (Status.REVERSED, None)
    assert counter.ask(reversal).status is Status.REVERSED
    assert rows.rows(transactions, kind="charge") == []
    told = rows.one(outbox, topic="feed")["payload"]
    assert (told["kind"], told["data"]) == ("settled", {"seqs": [reversal.seq]})


def test_a_void_that_waited_and_was_not_approved_does_not_end_the_charge(
    counter: Counter, rows: HubRows
) -> None:
    charge = counter.journal.charge(rows.code(rows.card()))
    void = counter.journal.reversal(charge, ReversalReason.VOID)
    assert counter.ask(void).status is Status.PENDING
    assert counter.ask(charge).status is Status.COMPLETED
    refused = counter.ask(void)
    assert refused.refusal is not None
    assert refused.refusal.code is Code.MANAGER_APPROVAL_REQUIRED


def test_an_advice_before_its_charge_waits_and_then_settles_it(offline: Counter, rows: HubRows) -> None:
    card = rows.card()
    charge = offline.journal.charge(rows.code(card))
    advice = offline.journal.advice(charge)
    assert offline.ask(advice).status is Status.PENDING
    assert offline.ask(charge).status is Status.COMPLETED
    assert offline.ask(advice).status is Status.COMPLETED
    assert offline.balance(card) == 90_000


def test_an_advice_before_a_live_charge_that_is_declined_is_honoured(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card(0)
    charge = counter.journal.charge(rows.code(card))
    advice = counter.journal.advice(charge)
    clock.advance(1_000)
    assert counter.ask(advice).status is Status.PENDING
    assert counter.ask(charge).status is Status.DECLINED
    assert counter.ask(advice).status is Status.COMPLETED
    assert counter.balance(card) == -10_000


@pytest.mark.parametrize("kind", ["advice", "reversal"])
def test_a_charge_is_not_found_only_once_the_chain_has_passed(counter: Counter, kind: str) -> None:
    ghost = counter.context.ids.new()
    data = (
        AdviceData(charge=ghost, payable=1, reason=AdviceReason.OFFLINE, policy=1)
        if kind == "advice"
        else ReversalData(charge=ghost, reason=ReversalReason.CRASH)
    )
    counter.submit(counter.journal.entries[0])
    between = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    orphan = counter.journal.add(data)
    assert counter.ask(orphan).status is Status.PENDING
    answer = counter.send(between)
    assert answer.verified_through == orphan.seq
    refused = counter.ask(orphan)
    assert refused.refusal is not None
    assert (refused.status, refused.refusal.code) == (Status.REJECTED, Code.CHARGE_NOT_FOUND)


def test_an_orphan_at_the_end_of_the_chain_is_answered_at_once(counter: Counter) -> None:
    orphan = counter.journal.add(ReversalData(charge=counter.context.ids.new(), reason=ReversalReason.CRASH))
    outcome = counter.submit(*counter.journal.entries)[-1]
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.CHARGE_NOT_FOUND
    assert counter.ask(orphan).decision is not None


def test_an_entry_that_names_something_else_than_a_charge_before_it_finds_none(counter: Counter) -> None:
    named = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    reversal = counter.journal.reversal(named)
    outcome = counter.submit(named, reversal)[1]
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.CHARGE_NOT_FOUND


@pytest.mark.parametrize("whose", ["terminal", "merchant"])
def test_a_suspended_counter_has_new_charges_and_advices_held_and_reversals_answered(
    counter: Counter, rows: HubRows, whose: str
) -> None:
    card, other = rows.card(), rows.card()
    before = counter.journal.charge(rows.code(other))
    counter.submit(counter.journal.entries[0], before)
    table, key = (
        (terminals, counter.terminal_id) if whose == "terminal" else (merchants, counter.shop.merchant_id)
    )
    rows.update(table, {"id": key}, {"status": "suspended"})
    charge = counter.journal.charge(rows.code(card))
    advice = counter.journal.advice(charge)
    shift = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    held, advised, opened, repeated, undone = counter.submit(
        charge, advice, shift, before, counter.journal.reversal(before)
    )
    code = Code.TERMINAL_NOT_ACTIVE if whose == "terminal" else Code.MERCHANT_NOT_ACTIVE
    assert [held.refusal and held.refusal.code, advised.refusal and advised.refusal.code] == [code, code]
    assert [o.status for o in (held, advised, opened, repeated, undone)] == [
        Status.HELD,
        Status.HELD,
        Status.ACCEPTED,
        Status.COMPLETED,
        Status.REVERSED,
    ]
    assert held.decision is None
    assert (counter.balance(card), counter.balance(other)) == (100_000, 100_000)
    rows.update(table, {"id": key}, {"status": "active"})
    assert counter.ask(charge).status is Status.HELD
    ended = counter.ask(counter.journal.reversal(charge))
    assert (ended.status, ended.reversal_tx_no) == (Status.REVERSED, None)
    assert (counter.ask(charge).status, counter.ask(advice).status) == (Status.REVERSED, Status.REVERSED)


def test_the_chain_is_verified_through_its_first_gap(counter: Counter) -> None:
    for number in range(5):
        counter.journal.add(ShiftOpenData(cashier="c", shift=f"s{number}"))
    entries = counter.journal.entries
    assert counter.send(entries[4], entries[5]).verified_through == -1
    assert counter.send(entries[0], entries[1]).verified_through == 1
    assert counter.send(entries[3]).verified_through == 1
    assert counter.send(entries[2]).verified_through == 5


def _signed_again(counter: Counter, entry: Entry, **changes: object) -> Entry:
    """Another entry by the terminal's own key."""
    fields = {
        "terminal_id": entry.terminal_id,
        "seq": entry.seq,
        "prev": entry.prev,
        "entry_id": counter.context.ids.new(),
        "at": entry.at,
        "contact": entry.contact,
        "data": ShiftOpenData(cashier="c", shift="other"),
        "signer": counter.journal.signer,
    }
    return sign_entry(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "how", ["same seq", "same id", "wrong prev", "not what the next is chained to", "first"]
)
def test_two_histories_of_one_terminal_are_a_fork_and_suspend_it(
    counter: Counter, rows: HubRows, how: str
) -> None:
    journal = counter.journal
    for number in range(3):
        journal.add(ShiftOpenData(cashier="c", shift=f"s{number}"))
    genesis, first, second, third = journal.entries
    forged = {
        "same seq": lambda: _signed_again(counter, first),
        "same id": lambda: _signed_again(counter, third, seq=9, entry_id=first.id),
        "wrong prev": lambda: _signed_again(counter, third, prev=genesis.hash),
        "not what the next is chained to": lambda: _signed_again(counter, second),
        "first": lambda: _signed_again(
            counter,
            genesis,
            prev=third.hash,
            data=GenesisData(terminal_id=counter.terminal_id, app_version="2"),
        ),
    }[how]()
    stored = {
        "same seq": [genesis, first],
        "same id": [genesis, first],
        "wrong prev": [genesis, first, second],
        "not what the next is chained to": [genesis, first, third],
        "first": [],
    }[how]
    counter.submit(*stored) if stored else None
    outcome = counter.ask(forged)
    assert outcome.refusal is not None
    assert (outcome.status, outcome.refusal.code) == (Status.REJECTED, Code.JOURNAL_FORK)
    assert counter.ask(forged).decision == outcome.decision
    assert counter.decision(forged).code is Code.JOURNAL_FORK
    assert rows.one(terminals, id=counter.terminal_id)["status"] == "suspended"
    assert len(rows.rows(journal_entries)) == len(stored)
    assert rows.one(journal_forks)["jws"] == forged.jws
    assert len(rows.rows(audit_events, name="JOURNAL_FORK")) == 1
    assert "journal_fork" in [row["payload"]["kind"] for row in rows.rows(outbox, topic="alert")]


def test_what_comes_after_a_fork_in_one_request_is_held_and_what_came_before_stands(
    counter: Counter, rows: HubRows
) -> None:
    good = counter.journal.charge(rows.code(rows.card()))
    forged = _signed_again(counter, good)
    later = counter.journal.charge(rows.code(rows.card()))
    statuses = [outcome.status for outcome in counter.submit(counter.journal.entries[0], good, forged, later)]
    assert statuses == [Status.ACCEPTED, Status.COMPLETED, Status.REJECTED, Status.HELD]


def test_an_entry_by_another_key_changes_nothing(counter: Counter, rows: HubRows) -> None:
    counter.submit(counter.journal.entries[0])
    entry = counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    forged = _signed_again(counter, entry, signer=Ed25519Signer.generate())
    outcome = counter.ask(forged)
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.INVALID_SIGNATURE
    assert (outcome.seq, outcome.entry_id, outcome.decision) == (None, None, None)
    assert len(rows.rows(journal_entries)) == 1
    assert counter.ask(entry).status is Status.ACCEPTED


def test_another_terminals_entry_is_not_this_ones(counter: Counter, another: NewCounter) -> None:
    outcome = counter.ask(another().journal.entries[0])
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.INVALID_SIGNATURE


@pytest.mark.parametrize("text", ["", "a.b", "x" * 5_000, "é.é.é", "e30.e30.e30"])
def test_what_cannot_be_read_is_refused_and_holds_up_nobody(
    counter: Counter, rows: HubRows, text: str
) -> None:
    answer = counter.send_texts(text, counter.journal.entries[0].jws)
    bad, good = answer.outcomes
    assert bad.refusal is not None
    assert (bad.status, bad.refusal.code, bad.seq) == (Status.REJECTED, Code.INVALID_ENTRY, None)
    assert good.status is Status.ACCEPTED


def test_a_signed_entry_with_malformed_fields_is_stored_and_refused_for_good(
    counter: Counter, rows: HubRows
) -> None:
    entry = counter.journal.malformed_charge()
    outcome = counter.ask(entry)
    assert outcome.refusal is not None
    assert (outcome.status, outcome.refusal.code) == (Status.REJECTED, Code.INVALID_ENTRY)
    assert counter.decision(entry).code is Code.INVALID_ENTRY
    advice = counter.ask(counter.journal.advice(entry, pays=1))
    assert advice.refusal is not None
    assert advice.refusal.code is Code.INVALID_ENTRY
    assert len(rows.rows(journal_entries)) == 2


def test_a_genesis_of_another_terminal_or_place_is_malformed(counter: Counter) -> None:
    second = counter.journal.add(GenesisData(terminal_id=counter.terminal_id, app_version="1"))
    foreign = counter.journal.add(GenesisData(terminal_id=counter.context.ids.new(), app_version="1"))
    for outcome in counter.submit(second, foreign):
        assert outcome.refusal is not None
        assert outcome.refusal.code is Code.INVALID_ENTRY


def test_an_answers_time_is_a_recorded_contact_and_never_before_its_decisions(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    charge = counter.journal.charge(rows.code(rows.card()))
    clock.advance(600_000)
    late = counter.journal.charge(rows.code(rows.card()))
    first = counter.send(late)
    assert first.hub_time == clock.now()
    assert rows.rows(contact_spells, terminal_id=counter.terminal_id)[-1]["ended_at"] == clock.now()
    clock.set(START)
    again = counter.send(charge, late)
    assert again.hub_time == first.hub_time
    assert replace(again, outcomes=(), verified_through=0).incarnation == first.incarnation
