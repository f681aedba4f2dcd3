"""The sweep that settles refunds whose charge another terminal brought to its end (protocol.md 5)."""

from collections.abc import Callable

from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake.jobs import refunds_job
from hub_server.journal_intake.tables import journal_entries
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.log_rules import ExpectedLogs

NewCounter = Callable[..., Counter]


def _sweep(counter: Counter) -> None:
    refunds_job(counter.context, counter.tools).work()


def test_it_settles_them_in_one_sweep_and_the_feed_tells_the_terminal(
    counter: Counter, another: NewCounter, rows: HubRows
) -> None:
    manager, owned = rows.manager(counter.shop), [rows.card() for _ in range(3)]
    sibling = another(counter.shop)
    charges = [sibling.journal.charge(rows.code(card), 1_000) for card in owned]
    refunds = [counter.journal.refund(charge, 400, approved_by=manager) for charge in charges]
    counter.submit(*refunds)
    sibling.submit(charges[0], sibling.journal.reversal(charges[1]), charges[1])
    _sweep(counter)
    assert [row["status"] for row in rows.rows(journal_entries, type="refund")] == [
        "completed",
        "declined",
        "pending",
    ]
    assert counter.balance(owned[0]) == 99_400
    told = [row["payload"] for row in rows.rows(outbox, topic="feed")]
    mine = [item["data"]["seqs"] for item in told if item["terminal_id"] == counter.terminal_id]
    assert mine == [[refunds[0].seq, refunds[1].seq]]
    refused = counter.ask(refunds[1]).refusal
    assert refused is not None
    assert refused.code is Code.NOT_REFUNDABLE
    assert counter.decision(refunds[0]).payable == 400


def test_nothing_is_swept_twice_and_what_cannot_be_decided_is_left_alone(
    counter: Counter, another: NewCounter, rows: HubRows
) -> None:
    manager, sibling = rows.manager(counter.shop), another(counter.shop, lag=TOO_LATE)
    card = rows.card()
    unconfirmed = sibling.journal.charge(rows.code(card), 1_000)
    refund = counter.journal.refund(unconfirmed, 400, approved_by=manager)
    counter.submit(refund)
    sibling.submit(unconfirmed)
    _sweep(counter)
    assert rows.rows(outbox, topic="feed") == []
    sibling.submit(*sibling.journal.entries, sibling.journal.advice(unconfirmed))
    for _ in range(2):
        _sweep(counter)
    assert len(rows.rows(transactions, kind="refund")) == 1
    assert counter.ask(refund).status is Status.COMPLETED


def test_the_refund_of_a_terminal_that_was_suspended_meanwhile_is_held_for_a_person(
    counter: Counter, another: NewCounter, rows: HubRows
) -> None:
    manager, sibling, card = rows.manager(counter.shop), another(counter.shop), rows.card()
    charge = sibling.journal.charge(rows.code(card), 1_000)
    refund = counter.journal.refund(charge, 400, approved_by=manager)
    counter.submit(refund)
    sibling.submit(charge)
    rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    for _ in range(2):
        _sweep(counter)
    assert counter.ask(refund).status is Status.HELD
    assert counter.balance(card) == 99_000


def test_a_terminal_that_cannot_be_settled_now_holds_up_no_other(
    counter: Counter, another: NewCounter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "waiting refunds")
    manager, second, sibling = rows.manager(counter.shop), another(counter.shop), another(counter.shop)
    charge = sibling.journal.charge(rows.code(rows.card()), 1_000)
    poisoned = sorted((counter, second), key=lambda each: each.terminal_id)[0]
    for each in (counter, second):
        each.submit(each.journal.refund(charge, 100, approved_by=manager))
    sibling.submit(charge)
    jws = rows.one(journal_entries, terminal_id=poisoned.terminal_id)["jws"]
    rows.update(journal_entries, {"terminal_id": poisoned.terminal_id}, {"jws": "spoilt"})
    _sweep(counter)
    assert len(rows.rows(transactions, kind="refund")) == 1
    rows.update(journal_entries, {"terminal_id": poisoned.terminal_id}, {"jws": jws})
    _sweep(counter)
    assert len(rows.rows(transactions, kind="refund")) == 2
