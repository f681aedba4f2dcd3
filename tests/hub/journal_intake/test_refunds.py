"""What a refund entry becomes (protocol.md 4, 5; domain.md, Refund)."""

from collections.abc import Callable

import pytest

from hub_server.cards.tables import cards
from hub_server.journal_intake.tables import journal_entries
from hub_server.loyalty.tables import point_ledger
from hub_server.transactions.tables import transactions
from shared.journal_entries import RefundData, ReversalReason, Status
from shared.problems import Code
from shared.signing import to_base64url
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.builders.terminal_journal import REFUNDER
from tests.fakes.clock import ManualClock
from tests.hub.journal_intake.refund_asks import ask_refund, number_of, paid, said

HOUR_MS = 3_600_000
NewCounter = Callable[..., Counter]


def test_a_refund_gives_a_part_back_takes_points_and_tells_it_signed(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card(1_000_000, points=950)
    code = rows.code(card, rate=9_500)
    charge = counter.journal.charge(code, 10_000)
    counter.submit(*counter.journal.entries)
    assert counter.card_row(card)["tier"] == 1
    refund = counter.journal.refund(charge, 4_750, approved_by=manager)
    outcome = counter.ask(refund)
    moved = outcome.transaction
    assert moved is not None
    assert (outcome.status, moved.kind.value, moved.tx_no[:3]) == (Status.COMPLETED, "refund", "REF")
    assert (moved.raw_amount, moved.payable, moved.rate, moved.points_earned) == (4_750, 4_750, 9_500, -50)
    assert (moved.cashier, moved.approved_by, moved.reason) == (REFUNDER, manager, "退貨")
    assert (moved.entry_id, moved.entry_seq, moved.at) == (refund.id, refund.seq, refund.at)
    row = counter.card_row(card)
    assert (row["balance"], row["points"], row["tier"]) == (995_250, 1_000, 1)
    decision = counter.decision(refund)
    assert decision.card_ref == to_base64url(code.claims.card_ref)
    assert (decision.tx_no, decision.payable, decision.rate, decision.points_earned) == (
        moved.tx_no,
        4_750,
        9_500,
        -50,
    )
    charged = rows.one(transactions, kind="charge")
    assert (charged["status"], charged["given_back"]) == ("completed", 4_750)
    assert rows.one(transactions, kind="refund")["original_id"] == charged["id"]
    assert counter.code_row(code)["state"] == "consumed"


def test_the_last_of_several_refunds_makes_the_charge_refunded_and_one_more_is_too_much(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    for amount, status in ((400, "completed"), (599, "completed"), (1, "refunded")):
        assert ask_refund(counter, charge, amount, manager).status is Status.COMPLETED
        assert rows.one(transactions, kind="charge")["status"] == status
    assert said(ask_refund(counter, charge, 1, manager)) == (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING)
    assert counter.balance(card) == 100_000
    assert counter.card_row(card)["points"] == 0


@pytest.mark.parametrize(("before", "amount"), [(0, 1_001), (700, 301), (700, 99_999_999)])
def test_more_than_is_left_is_refused_and_nothing_moves(
    counter: Counter, rows: HubRows, manager: str, before: int, amount: int
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    if before:
        ask_refund(counter, charge, before, manager)
    outcome = ask_refund(counter, charge, amount, manager)
    assert said(outcome) == (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING)
    assert outcome.transaction is None
    assert counter.balance(card) == 99_000 + before


@pytest.mark.parametrize("left_on_card", [0, 1, 5, 9, 10])
def test_points_gone_are_the_formulas_whatever_the_card_had_spent_meanwhile(
    counter: Counter, rows: HubRows, manager: str, left_on_card: int
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    if left_on_card < 10:
        rows.grant_points(card, left_on_card - 10)
    taken = back = 0
    for amount in (333, 1, 333, 132, 201):
        back += amount
        outcome = ask_refund(counter, charge, amount, manager)
        assert outcome.transaction is not None
        taken -= outcome.transaction.points_earned
        assert taken == min(10 * back // 1_000, left_on_card)
        assert counter.card_row(card)["points"] == left_on_card - taken
    # What could not be taken is taken by a later refund only while there is one; the whole charge has gone back.
    assert rows.one(transactions, kind="charge")["status"] == "refunded"


def test_a_later_refund_takes_the_points_that_an_earlier_one_could_not(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    rows.grant_points(card, -10)
    assert ask_refund(counter, charge, 500, manager).status is Status.COMPLETED
    rows.grant_points(card, 100)
    ask_refund(counter, charge, 100, manager)
    changes = [row["change"] for row in rows.rows(point_ledger)]
    assert changes == [10, -10, 100, -6]


def test_the_tier_follows_a_refund(counter: Counter, rows: HubRows, manager: str) -> None:
    card = rows.card(1_000_000, points=950)
    charge = paid(counter, card, 10_000)
    assert counter.card_row(card)["tier"] == 1
    ask_refund(counter, charge, 10_000, manager)
    assert (counter.card_row(card)["tier"], counter.card_row(card)["points"]) == (0, 950)


def test_an_overdraft_is_repaid_first(another: NewCounter, rows: HubRows) -> None:
    offline = another(lag=TOO_LATE)
    manager, card = rows.manager(offline.shop), rows.card(300)
    charge = offline.journal.charge(rows.code(card), 1_000)
    advice = offline.journal.advice(charge)
    offline.submit(*offline.journal.entries)
    assert (offline.ask(advice).status, offline.balance(card)) == (Status.COMPLETED, -700)
    part = ask_refund(offline, charge, 400, manager)
    assert part.transaction is not None
    assert (part.transaction.overdrawn, offline.balance(card)) == (True, -300)
    rest = ask_refund(offline, charge, 600, manager)
    assert rest.transaction is not None
    assert (rest.transaction.overdrawn, offline.balance(card)) == (False, 300)


@pytest.mark.parametrize("status", ["frozen", "lost", "expired", "closed"])
def test_a_card_that_no_longer_pays_still_gets_its_money_back(
    counter: Counter, rows: HubRows, manager: str, status: str
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    rows.update(cards, {"id": card.card_id}, {"status": status})
    assert ask_refund(counter, charge, 1_000, manager).status is Status.COMPLETED
    assert counter.balance(card) == 100_000


def test_a_charge_is_named_by_its_number_too(counter: Counter, rows: HubRows, manager: str) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    outcome = ask_refund(counter, number_of(counter, charge), 250, manager)
    assert (outcome.status, counter.balance(card)) == (Status.COMPLETED, 99_250)


def test_numbers_that_are_no_charge_of_the_merchant_are_refused(
    counter: Counter, another: NewCounter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    refund = ask_refund(counter, charge, 100, manager).transaction
    reversal = counter.ask(counter.journal.reversal(charge)).reversal_tx_no
    stranger = another()
    foreign = number_of(stranger, paid(stranger, rows.card()))
    top_up = str(rows.rows(transactions, kind="top_up")[0]["tx_no"])
    assert refund is not None
    assert reversal is not None
    for named, code in (
        ("PAY9999999999", Code.TX_NOT_FOUND),
        ("nonsense", Code.TX_NOT_FOUND),
        (foreign, Code.TX_NOT_FOUND),
        (top_up, Code.TX_NOT_FOUND),
        (refund.tx_no, Code.NOT_REFUNDABLE),
        (reversal, Code.NOT_REFUNDABLE),
        (number_of(counter, charge), Code.NOT_REFUNDABLE),
    ):
        outcome = ask_refund(counter, named, 1, manager)
        assert said(outcome) == (Status.DECLINED, code), named
        assert outcome.decision is not None


@pytest.mark.parametrize("kind", ["declined", "reversed", "reversed unmoved", "malformed"])
def test_a_charge_that_did_not_stand_is_not_refundable(
    counter: Counter, rows: HubRows, manager: str, kind: str
) -> None:
    code = rows.code(rows.card(5_000))
    counter.submit(*counter.journal.entries)
    if kind == "malformed":
        charge = counter.journal.malformed_charge()
    else:
        charge = counter.journal.charge(code, 9_000 if kind == "declined" else 100)
    if kind != "reversed unmoved":
        counter.submit(charge)
    if kind.startswith("reversed"):
        counter.submit(counter.journal.reversal(charge), charge)
    refund = counter.journal.refund(charge, 1, approved_by=manager)
    assert said(counter.ask(refund)) == (Status.DECLINED, Code.NOT_REFUNDABLE)


def test_a_training_charge_is_refunded_without_moving_anything(
    counter: Counter, rows: HubRows, manager: str, another: NewCounter
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card), 1_000, training=True)
    counter.submit(charge)
    sibling = another(counter.shop)
    for at in (counter, sibling):
        outcome = ask_refund(at, charge, 400, manager)
        assert (outcome.status, outcome.transaction) == (Status.COMPLETED, None)
    assert counter.balance(card) == 100_000
    assert rows.rows(transactions, kind="refund") == []


def test_a_refund_is_answered_alike_for_ever(
    counter: Counter, rows: HubRows, manager: str, clock: ManualClock
) -> None:
    charge = paid(counter, rows.card(), 1_000)
    refunds = [counter.journal.refund(charge, amount, approved_by=manager) for amount in (600, 600)]
    first = counter.submit(*refunds)
    assert [said(outcome) for outcome in first] == [
        (Status.COMPLETED, None),
        (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING),
    ]
    clock.advance(40 * 24 * HOUR_MS)
    counter.ask(counter.journal.reversal(charge))
    assert counter.submit(*refunds) == first
    assert len(rows.rows(transactions, kind="refund")) == 1


def test_a_reversal_gives_back_what_refunds_have_left_and_ends_them(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    ask_refund(counter, charge, 350, manager)
    reversal = counter.journal.reversal(charge, ReversalReason.VOID, approved_by=manager)
    assert counter.ask(reversal).status is Status.REVERSED
    decision = counter.decision(reversal)
    assert (decision.payable, decision.points_earned) == (650, -7)
    assert (counter.balance(card), counter.card_row(card)["points"]) == (100_000, 0)
    assert said(ask_refund(counter, charge, 1, manager)) == (Status.DECLINED, Code.NOT_REFUNDABLE)


def test_a_reversal_of_a_charge_that_was_refunded_whole_moves_nothing_more(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    code = rows.code(card)
    charge = counter.journal.charge(code, 1_000)
    counter.submit(charge)
    ask_refund(counter, charge, 1_000, manager)
    outcome = counter.ask(counter.journal.reversal(charge))
    assert outcome.status is Status.REVERSED
    assert rows.one(transactions, kind="reversal")["payable"] == 0
    assert (counter.balance(card), counter.code_row(code)["state"]) == (100_000, "live")


def test_charge_refunds_and_reversal_in_one_batch_each_see_what_those_before_did(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card), 1_000)
    counter.journal.refund(charge, 300, approved_by=manager)
    counter.journal.refund(charge, 800, approved_by=manager)
    counter.journal.refund(charge, 700, approved_by=manager)
    counter.journal.reversal(charge)
    counter.journal.refund(charge, 1, approved_by=manager)
    outcomes = counter.submit(*counter.journal.entries)
    assert [said(outcome) for outcome in outcomes[1:]] == [
        (Status.COMPLETED, None),
        (Status.COMPLETED, None),
        (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING),
        (Status.COMPLETED, None),
        (Status.REVERSED, None),
        (Status.DECLINED, Code.NOT_REFUNDABLE),
    ]
    assert counter.balance(card) == 100_000
    charged = rows.one(transactions, kind="charge")
    assert (charged["status"], charged["given_back"]) == ("reversed", 1_000)


def test_a_malformed_refund_is_rejected(counter: Counter, rows: HubRows, manager: str) -> None:
    charge = paid(counter, rows.card())
    for wrong in (
        {"charge": charge.id, "tx_no": "PAY0000000001", "amount": 1},
        {"amount": 1},
        {"charge": charge.id, "amount": 0},
        {"charge": charge.id, "amount": 100_000_000},
    ):
        data = RefundData.model_construct(**wrong, reason="x", cashier="c", approved_by=manager)
        assert said(counter.ask(counter.journal.add(data))) == (Status.REJECTED, Code.INVALID_ENTRY)


def test_a_refund_of_nothing_paid_is_too_much(counter: Counter, rows: HubRows, manager: str) -> None:
    charge = paid(counter, rows.card(), 1_000, rate=0)
    assert said(ask_refund(counter, charge, 1, manager)) == (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING)


def test_the_journal_names_the_charge_of_a_refund(counter: Counter, rows: HubRows, manager: str) -> None:
    charge = paid(counter, rows.card())
    ask_refund(counter, charge, 1, manager)
    ask_refund(counter, number_of(counter, charge), 1, manager)
    named = [row["charge_id"] for row in rows.rows(journal_entries, type="refund")]
    assert named == [charge.id, None]
