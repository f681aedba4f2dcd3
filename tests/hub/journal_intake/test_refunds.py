"""What a refund entry becomes (protocol.md 4, 5; domain.md, Refund)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.cards.tables import cards
from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake import EntryOutcome
from hub_server.journal_intake.tables import journal_entries
from hub_server.loyalty.tables import point_ledger
from hub_server.merchants.tables import merchants
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, RefundData, ReversalReason, Status
from shared.payment_code import PaymentCode
from shared.problems import Code
from shared.signing import to_base64url
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.terminal_journal import CASHIER, REFUNDER
from tests.fakes.clock import ManualClock

HOUR_MS = 3_600_000
NewCounter = Callable[..., Counter]


@pytest.fixture
def manager(counter: Counter) -> str:
    """A manager of the counter's store."""
    return counter.rows.manager(counter.shop)


def _paid(counter: Counter, card: CardRows, amount: int = 10_000, *, rate: int = 10_000) -> Entry:
    """A completed charge."""
    charge = counter.journal.charge(counter.rows.code(card, rate=rate), amount)
    assert counter.submit(charge)[0].status is Status.COMPLETED
    return charge


def _ask(counter: Counter, charge: Entry | str, amount: int, manager: str) -> EntryOutcome:
    return counter.ask(counter.journal.refund(charge, amount, approved_by=manager))


def _code(outcome: EntryOutcome) -> Code | None:
    return outcome.refusal.code if outcome.refusal is not None else None


def _said(outcome: EntryOutcome) -> tuple[Status, Code | None]:
    return outcome.status, _code(outcome)


def _number(counter: Counter, charge: Entry) -> str:
    row = counter.ask(charge).transaction
    assert row is not None
    return row.tx_no


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
    charge = _paid(counter, card, 1_000)
    for amount, status in ((400, "completed"), (599, "completed"), (1, "refunded")):
        assert _ask(counter, charge, amount, manager).status is Status.COMPLETED
        assert rows.one(transactions, kind="charge")["status"] == status
    assert _said(_ask(counter, charge, 1, manager)) == (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING)
    assert counter.balance(card) == 100_000
    assert counter.card_row(card)["points"] == 0


@pytest.mark.parametrize(("before", "amount"), [(0, 1_001), (700, 301), (700, 99_999_999)])
def test_more_than_is_left_is_refused_and_nothing_moves(
    counter: Counter, rows: HubRows, manager: str, before: int, amount: int
) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    if before:
        _ask(counter, charge, before, manager)
    outcome = _ask(counter, charge, amount, manager)
    assert _said(outcome) == (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING)
    assert outcome.transaction is None
    assert counter.balance(card) == 99_000 + before


@pytest.mark.parametrize("left_on_card", [0, 1, 5, 9, 10])
def test_points_gone_are_the_formulas_whatever_the_card_had_spent_meanwhile(
    counter: Counter, rows: HubRows, manager: str, left_on_card: int
) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    if left_on_card < 10:
        rows.grant_points(card, left_on_card - 10)
    taken = back = 0
    for amount in (333, 1, 333, 132, 201):
        back += amount
        outcome = _ask(counter, charge, amount, manager)
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
    charge = _paid(counter, card, 1_000)
    rows.grant_points(card, -10)
    assert _ask(counter, charge, 500, manager).status is Status.COMPLETED
    rows.grant_points(card, 100)
    _ask(counter, charge, 100, manager)
    changes = [row["change"] for row in rows.rows(point_ledger)]
    assert changes == [10, -10, 100, -6]


def test_the_tier_follows_a_refund(counter: Counter, rows: HubRows, manager: str) -> None:
    card = rows.card(1_000_000, points=950)
    charge = _paid(counter, card, 10_000)
    assert counter.card_row(card)["tier"] == 1
    _ask(counter, charge, 10_000, manager)
    assert (counter.card_row(card)["tier"], counter.card_row(card)["points"]) == (0, 950)


def test_an_overdraft_is_repaid_first(another: NewCounter, rows: HubRows) -> None:
    offline = another(lag=TOO_LATE)
    manager, card = rows.manager(offline.shop), rows.card(300)
    charge = offline.journal.charge(rows.code(card), 1_000)
    advice = offline.journal.advice(charge)
    offline.submit(*offline.journal.entries)
    assert (offline.ask(advice).status, offline.balance(card)) == (Status.COMPLETED, -700)
    part = _ask(offline, charge, 400, manager)
    assert part.transaction is not None
    assert (part.transaction.overdrawn, offline.balance(card)) == (True, -300)
    rest = _ask(offline, charge, 600, manager)
    assert rest.transaction is not None
    assert (rest.transaction.overdrawn, offline.balance(card)) == (False, 300)


@pytest.mark.parametrize("status", ["frozen", "lost", "expired", "closed"])
def test_a_card_that_no_longer_pays_still_gets_its_money_back(
    counter: Counter, rows: HubRows, manager: str, status: str
) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    rows.update(cards, {"id": card.card_id}, {"status": status})
    assert _ask(counter, charge, 1_000, manager).status is Status.COMPLETED
    assert counter.balance(card) == 100_000


def test_a_charge_is_named_by_its_number_too(counter: Counter, rows: HubRows, manager: str) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    outcome = _ask(counter, _number(counter, charge), 250, manager)
    assert (outcome.status, counter.balance(card)) == (Status.COMPLETED, 99_250)


def test_numbers_that_are_no_charge_of_the_merchant_are_refused(
    counter: Counter, another: NewCounter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    refund = _ask(counter, charge, 100, manager).transaction
    reversal = counter.ask(counter.journal.reversal(charge)).reversal_tx_no
    stranger = another()
    foreign = _number(stranger, _paid(stranger, rows.card()))
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
        (_number(counter, charge), Code.NOT_REFUNDABLE),
    ):
        outcome = _ask(counter, named, 1, manager)
        assert _said(outcome) == (Status.DECLINED, code), named
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
    assert _said(counter.ask(refund)) == (Status.DECLINED, Code.NOT_REFUNDABLE)


def test_a_training_charge_is_refunded_without_moving_anything(
    counter: Counter, rows: HubRows, manager: str, another: NewCounter
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card), 1_000, training=True)
    counter.submit(charge)
    sibling = another(counter.shop)
    for at in (counter, sibling):
        outcome = _ask(at, charge, 400, manager)
        assert (outcome.status, outcome.transaction) == (Status.COMPLETED, None)
    assert counter.balance(card) == 100_000
    assert rows.rows(transactions, kind="refund") == []


def test_a_refund_at_another_terminal_of_the_merchant(
    counter: Counter, another: NewCounter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    code = rows.code(card)
    charge = counter.journal.charge(code, 1_000)
    counter.submit(charge)
    sibling = another(counter.shop)
    refund = sibling.journal.refund(charge, 400, approved_by=manager)
    assert sibling.ask(refund).status is Status.COMPLETED
    assert sibling.decision(refund).card_ref == to_base64url(code.claims.card_ref)
    assert _ask(counter, charge, 601, manager).status is Status.DECLINED
    assert _ask(sibling, _number(counter, charge), 600, manager).status is Status.COMPLETED
    assert counter.balance(card) == 100_000
    assert {row["terminal_id"] for row in rows.rows(transactions, kind="refund")} == {sibling.terminal_id}


def test_another_merchants_charge_is_not_there(counter: Counter, another: NewCounter, rows: HubRows) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    stranger = another()
    refund = stranger.journal.refund(charge, 1, approved_by=rows.manager(stranger.shop))
    outcomes = stranger.submit(*stranger.journal.entries)
    assert _said(outcomes[refund.seq]) == (Status.DECLINED, Code.CHARGE_NOT_FOUND)
    assert counter.balance(card) == 99_000


def test_a_refund_before_its_charge_waits_and_is_applied_with_it(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card), 1_000)
    refund = counter.journal.refund(charge, 400, approved_by=manager)
    waiting = counter.ask(refund)
    assert (waiting.status, waiting.decision) == (Status.PENDING, None)
    assert counter.ask(refund) == waiting
    counter.submit(charge)
    assert counter.balance(card) == 99_400
    assert counter.ask(refund).status is Status.COMPLETED
    (told,) = [row["payload"]["data"] for row in rows.rows(outbox, topic="feed")]
    assert told == {"seqs": [refund.seq]}


def test_a_charge_that_never_comes_is_not_found_once_the_chain_has_passed_the_refund(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    counter.submit(*counter.journal.entries)
    nowhere = RefundData(
        charge=counter.context.ids.new(), amount=1, reason="退貨", cashier="c", approved_by=manager
    )
    between = counter.journal.genesis()
    refund = counter.journal.add(nowhere)
    assert counter.ask(refund).status is Status.PENDING
    counter.submit(between)
    assert _said(counter.ask(refund)) == (Status.DECLINED, Code.CHARGE_NOT_FOUND)


def test_while_another_terminal_could_bring_the_charge_the_refund_waits_and_then_is_settled(
    counter: Counter, another: NewCounter, rows: HubRows, manager: str
) -> None:
    card, sibling = rows.card(), another(counter.shop)
    charge = sibling.journal.charge(rows.code(card), 1_000)
    refund = counter.journal.refund(charge, 400, approved_by=manager)
    counter.submit(*counter.journal.entries)
    after = counter.journal.genesis()
    counter.submit(after)
    assert counter.ask(refund).status is Status.PENDING
    sibling.submit(charge)
    assert counter.balance(card) == 99_000
    assert counter.ask(refund).status is Status.COMPLETED
    assert counter.balance(card) == 99_400


def test_a_refund_of_what_stands_after_it_or_is_no_charge_is_not_found(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    genesis = counter.journal.entries[0]
    of_genesis = counter.journal.refund(genesis, 1, approved_by=manager)
    later = counter.context.ids.new()
    early = counter.journal.add(
        RefundData(charge=later, amount=1, reason="x", cashier="c", approved_by=manager)
    )
    counter.journal.add(
        RefundData(charge=genesis.id, amount=1, reason="x", cashier="c", approved_by=manager), entry_id=later
    )
    for outcome in (counter.submit(*counter.journal.entries)[entry.seq] for entry in (of_genesis, early)):
        assert _said(outcome) == (Status.DECLINED, Code.CHARGE_NOT_FOUND)


def test_a_refund_waits_while_its_charge_has_no_final_status_and_follows_it(
    another: NewCounter, rows: HubRows
) -> None:
    offline = another(lag=TOO_LATE)
    manager = rows.manager(offline.shop)
    cards_of = [rows.card() for _ in range(3)]
    codes: list[PaymentCode] = [rows.code(card) for card in cards_of]
    charges = [offline.journal.charge(code, 1_000) for code in codes]
    refunds = [offline.journal.refund(charge, 400, approved_by=manager) for charge in charges]
    offline.submit(*offline.journal.entries)
    assert {offline.ask(refund).status for refund in refunds} == {Status.PENDING}
    # Advised, reversed, and refused for what the advice says.
    offline.submit(
        offline.journal.advice(charges[0]),
        offline.journal.reversal(charges[1]),
    )
    assert offline.ask(refunds[0]).status is Status.COMPLETED
    assert _said(offline.ask(refunds[1])) == (Status.DECLINED, Code.NOT_REFUNDABLE)
    assert offline.ask(refunds[2]).status is Status.PENDING
    assert [offline.balance(card) for card in cards_of] == [99_400, 100_000, 100_000]


def test_a_declined_charge_may_still_be_advised_by_what_is_out(another: NewCounter, rows: HubRows) -> None:
    counter = another(lag=TOO_LATE)
    manager, card = rows.manager(counter.shop), rows.card(500)
    counter.journal.lag = timedelta(0)
    charge = counter.journal.charge(rows.code(card), 1_000)
    counter.submit(counter.journal.entries[0], charge)
    advice = counter.journal.advice(charge)
    refund = counter.journal.refund(charge, 1_000, approved_by=manager)
    assert counter.ask(refund).status is Status.PENDING
    assert counter.ask(advice).status is Status.COMPLETED
    assert counter.ask(refund).status is Status.COMPLETED
    assert counter.balance(card) == 500


@pytest.mark.parametrize(
    ("who", "when"),
    [
        ("the charge's cashier", "then"),
        ("the refund's own cashier", "then"),
        ("a cashier", "then"),
        ("nobody known", "then"),
        ("another store's manager", "then"),
        ("a manager", "before the post began"),
        ("a manager", "after the post ended"),
    ],
)
def test_a_refund_that_no_other_manager_approved_moves_nothing_and_alerts(
    counter: Counter, rows: HubRows, clock: ManualClock, who: str, when: str
) -> None:
    ended = clock.now() - timedelta(hours=1) if when.startswith("after") else None
    begun = clock.now() + timedelta(hours=1) if when.startswith("before") else None
    manager = rows.manager(counter.shop, until=ended, since=begun)
    staff: dict[str, Callable[[], str]] = {
        "a cashier": lambda: rows.cashier(counter.shop),
        "nobody known": lambda: "somebody",
        "another store's manager": lambda: rows.manager(rows.shop()),
    }
    approver = staff[who]() if who in staff else manager
    card = rows.card()
    cashier = manager if who == "the charge's cashier" else CASHIER
    charge = counter.journal.charge(rows.code(card), 1_000, cashier=cashier)
    counter.submit(*counter.journal.entries)
    asking = manager if who == "the refund's own cashier" else REFUNDER
    refund = counter.journal.refund(charge, 100, approved_by=approver, cashier=asking)
    for _ in range(2):
        assert _said(counter.ask(refund)) == (Status.DECLINED, Code.MANAGER_APPROVAL_REQUIRED)
    assert counter.balance(card) == 99_000
    (told,) = [row["payload"] for row in rows.rows(outbox, topic="alert")]
    assert (told["kind"], told["subject"]) == ("refund_refused", counter.terminal_id)
    assert told["detail"] == {"seq": refund.seq, "approved_by": approver}


def test_a_manager_whose_post_had_not_ended_at_the_contact_approves(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    manager = rows.manager(counter.shop, until=clock.now() + timedelta(minutes=5))
    charge = _paid(counter, rows.card(), 1_000)
    refund = counter.journal.refund(charge, 100, approved_by=manager)
    clock.advance(5 * HOUR_MS)
    assert counter.ask(refund).status is Status.COMPLETED


@pytest.mark.parametrize("table", ["terminal", "merchant"])
def test_a_refund_of_a_suspended_terminal_or_merchant_is_held(
    counter: Counter, rows: HubRows, manager: str, table: str
) -> None:
    card = rows.card()
    charge = _paid(counter, card, 1_000)
    late = counter.journal.charge(rows.code(rows.card()), 1_000)
    waiting = counter.journal.refund(late, 100, approved_by=manager)
    assert counter.ask(waiting).status is Status.PENDING
    if table == "terminal":
        rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    else:
        rows.update(merchants, {"id": counter.shop.merchant_id}, {"status": "suspended"})
    held = _ask(counter, charge, 100, manager)
    expected = Code.TERMINAL_NOT_ACTIVE if table == "terminal" else Code.MERCHANT_NOT_ACTIVE
    assert (_said(held), held.decision) == ((Status.HELD, expected), None)
    assert counter.balance(card) == 99_000
    # What waited goes on waiting, and for a person once its charge is settled.
    assert counter.ask(waiting).status is Status.PENDING


def test_what_waited_is_held_when_its_charge_is_settled_under_a_suspension(
    counter: Counter, another: NewCounter, rows: HubRows, manager: str
) -> None:
    sibling, card = another(counter.shop), rows.card()
    charge = sibling.journal.charge(rows.code(card), 1_000)
    refund = counter.journal.refund(charge, 100, approved_by=manager)
    counter.submit(*counter.journal.entries)
    sibling.submit(charge)
    rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    assert _said(counter.ask(refund)) == (Status.HELD, Code.TERMINAL_NOT_ACTIVE)
    assert counter.balance(card) == 99_000


def test_a_refund_is_answered_alike_for_ever(
    counter: Counter, rows: HubRows, manager: str, clock: ManualClock
) -> None:
    charge = _paid(counter, rows.card(), 1_000)
    refunds = [counter.journal.refund(charge, amount, approved_by=manager) for amount in (600, 600)]
    first = counter.submit(*refunds)
    assert [_said(outcome) for outcome in first] == [
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
    charge = _paid(counter, card, 1_000)
    _ask(counter, charge, 350, manager)
    reversal = counter.journal.reversal(charge, ReversalReason.VOID, approved_by=manager)
    assert counter.ask(reversal).status is Status.REVERSED
    decision = counter.decision(reversal)
    assert (decision.payable, decision.points_earned) == (650, -7)
    assert (counter.balance(card), counter.card_row(card)["points"]) == (100_000, 0)
    assert _said(_ask(counter, charge, 1, manager)) == (Status.DECLINED, Code.NOT_REFUNDABLE)


def test_a_reversal_of_a_charge_that_was_refunded_whole_moves_nothing_more(
    counter: Counter, rows: HubRows, manager: str
) -> None:
    card = rows.card()
    code = rows.code(card)
    charge = counter.journal.charge(code, 1_000)
    counter.submit(charge)
    _ask(counter, charge, 1_000, manager)
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
    assert [_said(outcome) for outcome in outcomes[1:]] == [
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
    charge = _paid(counter, rows.card())
    for wrong in (
        {"charge": charge.id, "tx_no": "PAY0000000001", "amount": 1},
        {"amount": 1},
        {"charge": charge.id, "amount": 0},
        {"charge": charge.id, "amount": 100_000_000},
    ):
        data = RefundData.model_construct(**wrong, reason="x", cashier="c", approved_by=manager)
        assert _said(counter.ask(counter.journal.add(data))) == (Status.REJECTED, Code.INVALID_ENTRY)


def test_a_refund_of_nothing_paid_is_too_much(counter: Counter, rows: HubRows, manager: str) -> None:
    charge = _paid(counter, rows.card(), 1_000, rate=0)
    assert _said(_ask(counter, charge, 1, manager)) == (Status.DECLINED, Code.REFUND_EXCEEDS_REMAINING)


def test_the_journal_names_the_charge_of_a_refund(counter: Counter, rows: HubRows, manager: str) -> None:
    charge = _paid(counter, rows.card())
    _ask(counter, charge, 1, manager)
    _ask(counter, _number(counter, charge), 1, manager)
    named = [row["charge_id"] for row in rows.rows(journal_entries, type="refund")]
    assert named == [charge.id, None]
