"""What a reversal becomes (protocol.md 5), and what it does to what came before and comes after."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.audit.tables import audit_events
from hub_server.foundation.outbox.tables import outbox
from hub_server.loyalty.tables import point_ledger
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, ReversalReason, Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.terminal_journal import CASHIER
from tests.fakes.clock import START, ManualClock

NewCounter = Callable[..., Counter]


def test_a_completed_charge_goes_back_with_points_tier_and_the_codes_use(
    counter: Counter, rows: HubRows
) -> None:
    card = rows.card(1_000_000, points=950)
    code = rows.code(card, rate=9_500)
    charge = counter.journal.charge(code, 10_000)
    counter.submit(charge)
    assert counter.card_row(card)["tier"] == 1
    reversal = counter.journal.reversal(charge)
    outcome = counter.ask(reversal)
    assert outcome.status is Status.REVERSED
    assert outcome.reversal_tx_no is not None
    assert outcome.reversal_tx_no.startswith("REV")
    row = counter.card_row(card)
    assert (row["balance"], row["points"], row["tier"]) == (1_000_000, 950, 0)
    assert counter.code_row(code)["state"] == "live"
    decision = counter.decision(reversal)
    assert (decision.tx_no, decision.payable, decision.points_earned) == (
        outcome.reversal_tx_no,
        9_500,
        -100,
    )
    assert rows.one(transactions, kind="charge")["status"] == "reversed"
    assert [row["change"] for row in rows.rows(point_ledger)] == [950, 100, -100]
    assert len(rows.rows(audit_events, name="REVERSAL")) == 1


def test_a_reversal_never_takes_points_below_zero(counter: Counter, rows: HubRows) -> None:
    card = rows.card()
    first, second = counter.journal.charge(rows.code(card), 10_000), None
    counter.submit(first)
    rows.grant_points(card, -70)
    second = counter.journal.reversal(first)
    assert counter.ask(second).status is Status.REVERSED
    assert counter.card_row(card)["points"] == 0
    assert counter.decision(second).points_earned == -30


@pytest.mark.parametrize("kind", ["declined", "unconfirmed", "malformed", "training"])
def test_where_nothing_had_moved_nothing_goes_back(
    counter: Counter, rows: HubRows, clock: ManualClock, kind: str
) -> None:
    card = rows.card(5_000)
    code = rows.code(card)
    charges: dict[str, Callable[[], Entry]] = {
        "declined": lambda: counter.journal.charge(code, 9_000),
        "unconfirmed": lambda: counter.journal.charge(code, 100, at=clock.now() - timedelta(minutes=9)),
        "malformed": counter.journal.malformed_charge,
        "training": lambda: counter.journal.charge(code, 100, training=True),
    }
    charge = charges[kind]()
    first = counter.ask(charge)
    outcome = counter.ask(counter.journal.reversal(charge, ReversalReason.CRASH))
    assert (outcome.status, outcome.reversal_tx_no, outcome.transaction) == (Status.REVERSED, None, None)
    assert counter.balance(card) == 5_000
    again = counter.ask(charge)
    assert again.status is (Status.REVERSED if kind == "unconfirmed" else first.status)
    assert again.decision is not None


def test_an_advice_after_the_reversal_contradicts_it_and_one_before_it_is_reversed(
    offline: Counter, rows: HubRows
) -> None:
    card = rows.card()
    charge = offline.journal.charge(rows.code(card))
    before = offline.journal.advice(charge)
    reversal = offline.journal.reversal(charge)
    other = offline.journal.charge(rows.code(rows.card()))
    undone = offline.journal.reversal(other)
    after = offline.journal.advice(other)
    offline.submit(charge, reversal, other, undone)
    early, late = offline.submit(before, after)
    assert early.status is Status.REVERSED
    assert late.refusal is not None
    assert (late.status, late.refusal.code) == (Status.REJECTED, Code.CONTRADICTORY_ENTRY)
    assert offline.balance(card) == 100_000


def test_many_charges_go_back_in_one_request(counter: Counter, rows: HubRows) -> None:
    owned = [rows.card() for _ in range(3)]
    charges = [counter.journal.charge(rows.code(card)) for card in owned]
    counter.submit(*charges)
    undone = counter.submit(*(counter.journal.reversal(charge) for charge in charges))
    assert [outcome.status for outcome in undone] == [Status.REVERSED] * 3
    assert [counter.balance(card) for card in owned] == [100_000] * 3


def test_a_second_reversal_takes_the_firsts_outcome(counter: Counter, rows: HubRows) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    counter.submit(charge)
    first = counter.ask(counter.journal.reversal(charge))
    second = counter.journal.reversal(charge, ReversalReason.CRASH)
    again = counter.ask(second)
    assert (again.status, again.reversal_tx_no) == (Status.REVERSED, first.reversal_tx_no)
    assert counter.decision(second).tx_no == first.reversal_tx_no
    assert counter.balance(card) == 100_000


def test_every_reversal_repeats_its_answer_whichever_moved_the_money(counter: Counter, rows: HubRows) -> None:
    charge = counter.journal.charge(rows.code(rows.card()))
    counter.submit(charge)
    early, first, later = (counter.journal.reversal(charge) for _ in range(3))
    answers = [counter.ask(entry) for entry in (first, early, later)]
    assert len({answer.reversal_tx_no for answer in answers}) == 1
    assert answers[0].reversal_tx_no is not None
    assert [counter.ask(entry) for entry in (first, early, later)] == answers
    assert {counter.decision(entry).tx_no for entry in (early, later)} == {answers[0].reversal_tx_no}


@pytest.fixture
def charged(counter: Counter, rows: HubRows) -> tuple[CardRows, Entry]:
    """A card and a completed charge of it."""
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    assert counter.ask(charge).status is Status.COMPLETED
    return card, charge


def test_a_void_by_a_manager_of_the_store_is_applied(
    counter: Counter, rows: HubRows, charged: tuple[CardRows, Entry]
) -> None:
    card, charge = charged
    manager = rows.manager(counter.shop)
    reversal = counter.journal.reversal(charge, ReversalReason.VOID, approved_by=manager)
    assert counter.ask(reversal).status is Status.REVERSED
    assert counter.balance(card) == 100_000


@pytest.mark.parametrize(
    "who", ["nobody", "unknown", "the cashier", "a cashier", "elsewhere", "before", "after"]
)
def test_a_void_that_no_manager_approved_moves_nothing(
    counter: Counter, rows: HubRows, charged: tuple[CardRows, Entry], who: str
) -> None:
    card, charge = charged
    approvers: dict[str, Callable[[], str | None]] = {
        "nobody": lambda: None,
        "unknown": lambda: "somebody",
        "the cashier": lambda: CASHIER,
        "a cashier": lambda: rows.cashier(counter.shop),
        "elsewhere": lambda: rows.manager(rows.shop()),
        "before": lambda: rows.manager(counter.shop, until=START),
        "after": lambda: rows.manager(counter.shop, since=START + timedelta(seconds=1)),
    }
    reversal = counter.journal.reversal(charge, ReversalReason.VOID, approved_by=approvers[who]())
    outcome = counter.ask(reversal)
    assert outcome.refusal is not None
    assert (outcome.status, outcome.refusal.code) == (Status.REJECTED, Code.MANAGER_APPROVAL_REQUIRED)
    assert counter.balance(card) == 90_000
    proper = counter.journal.reversal(charge, ReversalReason.VOID, approved_by=rows.manager(counter.shop))
    assert counter.ask(proper).status is Status.REVERSED


def test_a_manager_does_not_void_a_charge_of_their_own(counter: Counter, rows: HubRows) -> None:
    manager = rows.manager(counter.shop)
    charge = counter.journal.charge(rows.code(rows.card()), cashier=manager)
    void = counter.journal.reversal(charge, ReversalReason.VOID, approved_by=manager)
    outcome = counter.submit(charge, void)[1]
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.MANAGER_APPROVAL_REQUIRED


@pytest.mark.parametrize(("seconds", "raised"), [(120, []), (121, ["late_reversal"])])
def test_a_late_reversal_that_moves_money_is_applied_and_told(
    counter: Counter,
    rows: HubRows,
    clock: ManualClock,
    charged: tuple[CardRows, Entry],
    seconds: int,
    raised: list[str],
) -> None:
    card, charge = charged
    clock.advance(seconds * 1_000)
    assert counter.ask(counter.journal.reversal(charge)).status is Status.REVERSED
    assert counter.balance(card) == 100_000
    assert [row["payload"]["kind"] for row in rows.rows(outbox, topic="alert")] == raised


@pytest.mark.parametrize(("seconds", "raised"), [(120, []), (121, ["late_reversal"])])
def test_a_reversal_that_is_dated_early_and_sent_late_is_told_by_the_hubs_own_clock(
    counter: Counter,
    rows: HubRows,
    clock: ManualClock,
    charged: tuple[CardRows, Entry],
    seconds: int,
    raised: list[str],
) -> None:
    card, charge = charged
    clock.advance(seconds * 1_000)
    dated_at_once = counter.journal.reversal(charge, at=charge.at + timedelta(seconds=1))
    assert counter.ask(dated_at_once).status is Status.REVERSED
    assert counter.balance(card) == 100_000
    assert [row["payload"]["kind"] for row in rows.rows(outbox, topic="alert")] == raised


def test_a_late_journal_in_which_a_charge_is_given_up_at_once_alerts_nobody(
    offline: Counter, rows: HubRows
) -> None:
    charge = offline.journal.charge(rows.code(rows.card()))
    advice = offline.journal.advice(charge)
    assert offline.submit(charge, advice)[1].status is Status.COMPLETED
    assert offline.ask(offline.journal.reversal(charge)).status is Status.REVERSED
    assert rows.rows(outbox, topic="alert") == []


def test_a_code_that_was_replaced_meanwhile_stays_replaced(counter: Counter, rows: HubRows) -> None:
    card = rows.card()
    code = rows.code(card)
    charge = counter.journal.charge(code)
    counter.submit(charge)
    rows.code(card)
    counter.submit(counter.journal.reversal(charge))
    assert counter.code_row(code)["state"] == "replaced"


def test_a_code_past_its_end_comes_back_expired(counter: Counter, rows: HubRows, clock: ManualClock) -> None:
    code = rows.code(rows.card())
    charge = counter.journal.charge(code)
    counter.submit(charge)
    clock.advance(400_000)
    counter.submit(counter.journal.reversal(charge))
    assert counter.code_row(code)["state"] == "expired"


def test_a_code_of_a_card_frozen_meanwhile_comes_back_revoked_and_terminals_are_told(
    offline: Counter, another: NewCounter, rows: HubRows
) -> None:
    code = rows.code(rows.card())
    elsewhere = another()
    first = elsewhere.journal.charge(code)
    elsewhere.submit(first)
    second = offline.journal.charge(code)
    offline.submit(second, offline.journal.advice(second))
    elsewhere.submit(elsewhere.journal.reversal(first))
    assert offline.code_row(code)["state"] == "consumed"
    offline.submit(offline.journal.reversal(second))
    assert offline.code_row(code)["state"] == "revoked"
    told = [row["payload"] for row in rows.rows(outbox, topic="feed")]
    assert [item["data"]["code_ref"] for item in told if item["kind"] == "code_revoked"] == [
        code.claims.code_ref
    ]
