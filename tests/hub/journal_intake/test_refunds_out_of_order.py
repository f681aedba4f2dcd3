"""Refunds before their charge, and of charges of other terminals (protocol.md 5)."""

from collections.abc import Callable
from datetime import timedelta

from hub_server.foundation.outbox.tables import outbox
from hub_server.transactions.tables import transactions
from shared.journal_entries import RefundData, Status
from shared.payment_code import PaymentCode
from shared.problems import Code
from shared.signing import to_base64url
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.hub.journal_intake.refund_asks import ask_refund, number_of, paid, said

NewCounter = Callable[..., Counter]


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
    assert ask_refund(counter, charge, 601, manager).status is Status.DECLINED
    assert ask_refund(sibling, number_of(counter, charge), 600, manager).status is Status.COMPLETED
    assert counter.balance(card) == 100_000
    assert {row["terminal_id"] for row in rows.rows(transactions, kind="refund")} == {sibling.terminal_id}


def test_another_merchants_charge_is_not_there(counter: Counter, another: NewCounter, rows: HubRows) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    stranger = another()
    refund = stranger.journal.refund(charge, 1, approved_by=rows.manager(stranger.shop))
    outcomes = stranger.submit(*stranger.journal.entries)
    assert said(outcomes[refund.seq]) == (Status.DECLINED, Code.CHARGE_NOT_FOUND)
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
    assert said(counter.ask(refund)) == (Status.DECLINED, Code.CHARGE_NOT_FOUND)


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
        assert said(outcome) == (Status.DECLINED, Code.CHARGE_NOT_FOUND)


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
    assert said(offline.ask(refunds[1])) == (Status.DECLINED, Code.NOT_REFUNDABLE)
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
