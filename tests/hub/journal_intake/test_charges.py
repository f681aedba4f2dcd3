"""Charges as they arrive (protocol.md 5, "What a charge becomes at the hub"; domain.md, "Charge")."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import cards
from hub_server.charging import resume_service, suspend_service
from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger.tables import postings
from hub_server.loyalty.tables import point_ledger
from hub_server.members.tables import members
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.api.transactions import CardTypeName
from shared.journal_entries import ChargeData, Status
from shared.payment_code import PaymentCode, sign_certificate
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.fakes.clock import START, ManualClock

GHOST = Ed25519Signer.generate()
"""The key of a code that no hub has a row of."""


def test_a_live_charge_is_completed_with_a_signed_decision(counter: Counter, rows: HubRows) -> None:
    card = rows.card(100_000)
    charge = counter.journal.charge(rows.code(card, rate=9_500), 29_900)
    genesis, outcome = counter.submit(*counter.journal.entries)
    assert (genesis.status, outcome.status) == (Status.ACCEPTED, Status.COMPLETED)
    assert outcome.transaction is not None
    assert outcome.transaction.payable == 28_405
    assert counter.balance(card) == 100_000 - 28_405
    decision = counter.decision(charge)
    assert (decision.payable, decision.rate, decision.points_earned) == (28_405, 9_500, 299)
    assert decision.tx_no == outcome.transaction.tx_no
    assert decision.tx_no.startswith("PAY")
    assert decision.card_ref is not None


def test_a_completed_charge_leaves_every_row_it_should(counter: Counter, rows: HubRows) -> None:
    card = rows.card(100_000)
    code = rows.code(card)
    counter.submit(counter.journal.charge(code, 12_345, order_ref="訂單-1"))
    moved = rows.one(transactions, kind="charge")
    assert (moved["raw_amount"], moved["payable"], moved["status"]) == (12_345, 12_345, "completed")
    assert (moved["order_ref"], moved["points_balance"]) == ("訂單-1", 123)
    posting = rows.one(postings, transaction_id=moved["id"])
    assert posting["amount"] == 12_345
    assert posting["credit_account"] == counter.shop.account_id
    points = rows.one(point_ledger, transaction_id=moved["id"])
    assert (points["before"], points["change"], points["after"]) == (0, 123, 123)
    assert counter.code_row(code)["state"] == "consumed"
    assert [row["state"] for row in rows.rows(payment_code_history, code_ref=code.claims.code_ref)] == [
        "live",
        "consumed",
    ]
    assert len(rows.rows(audit_events, name="PAYMENT")) == 1


def test_the_charge_that_lifts_a_card_over_a_threshold_pays_the_old_rate(
    counter: Counter, rows: HubRows
) -> None:
    card = rows.card(1_000_000, points=950)
    outcome = counter.ask(counter.journal.charge(rows.code(card, rate=10_000), 10_000))
    assert outcome.transaction is not None
    assert (outcome.transaction.payable, outcome.transaction.tier) == (10_000, 1)
    assert counter.card_row(card)["tier"] == 1


def test_a_charge_may_take_all_there_is_and_no_more(counter: Counter, rows: HubRows) -> None:
    card = rows.card(500)
    assert counter.ask(counter.journal.charge(rows.code(card), 500)).status is Status.COMPLETED
    outcome = counter.ask(counter.journal.charge(rows.code(card), 1))
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.INSUFFICIENT_BALANCE
    assert counter.balance(card) == 0


@pytest.mark.parametrize("card_type", ["corporate", "voucher"])
def test_cards_without_points_collect_none(counter: Counter, rows: HubRows, card_type: CardTypeName) -> None:
    card = rows.card(100_000, card_type=card_type)
    outcome = counter.ask(counter.journal.charge(rows.code(card), 50_000))
    assert outcome.transaction is not None
    assert outcome.transaction.points_earned == 0
    assert rows.rows(point_ledger) == []


def test_a_rate_of_nothing_completes_and_posts_nothing(counter: Counter, rows: HubRows) -> None:
    card = rows.card(0)
    outcome = counter.ask(counter.journal.charge(rows.code(card, rate=0), 10_000))
    assert outcome.status is Status.COMPLETED
    assert rows.rows(postings) == []


Change = Callable[[HubRows, CardRows, PaymentCode], object]


def _set_card(**values: object) -> Change:
    return lambda rows, card, code: rows.update(cards, {"id": card.card_id}, values)


def _set_code(**values: object) -> Change:
    return lambda rows, card, code: rows.update(payment_codes, {"code_ref": code.claims.code_ref}, values)


def _set_member(**values: object) -> Change:
    return lambda rows, card, code: rows.update(members, {"id": card.member_id}, values)


def _set_binding(**values: object) -> Change:
    return lambda rows, card, code: rows.update(bindings, {"card_id": card.card_id}, values)


PAST = START - timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(_set_code(state="replaced"), Code.QR_REVOKED, id="replaced code"),
        pytest.param(_set_code(state="revoked", revoked_at=PAST), Code.QR_REVOKED, id="revoked code"),
        pytest.param(_set_code(state="consumed", live_uses=1), Code.QR_ALREADY_USED, id="used code"),
        pytest.param(_set_member(status="suspended"), Code.MEMBER_NOT_ACTIVE, id="suspended member"),
        pytest.param(_set_binding(role="viewer"), Code.CARD_NOT_ACTIVE, id="presenter is a viewer now"),
        pytest.param(_set_card(status="frozen"), Code.CARD_NOT_ACTIVE, id="frozen card"),
        pytest.param(_set_card(status="lost"), Code.CARD_NOT_ACTIVE, id="lost card"),
        pytest.param(_set_card(status="closed"), Code.CARD_NOT_ACTIVE, id="closed card"),
        pytest.param(_set_card(status="expired"), Code.CARD_EXPIRED, id="expired card"),
        pytest.param(_set_card(expires_at=PAST), Code.CARD_EXPIRED, id="card past its day"),
    ],
)
def test_a_refused_charge_leaves_its_decision_and_an_audit_row_and_moves_nothing(
    counter: Counter, rows: HubRows, change: Change, code: Code
) -> None:
    card = rows.card()
    presented = rows.code(card)
    change(rows, card, presented)
    charge = counter.journal.charge(presented)
    outcome = counter.ask(charge)
    assert outcome.status is Status.DECLINED
    assert outcome.refusal is not None
    assert outcome.refusal.code is code
    assert counter.decision(charge).code is code
    assert counter.balance(card) == 100_000
    assert rows.rows(transactions, kind="charge") == []
    assert [row["data"]["code"] for row in rows.rows(audit_events, name="PAYMENT_DECLINED")] == [code.value]


def test_a_code_that_the_hub_does_not_know_is_invalid(counter: Counter, rows: HubRows) -> None:
    code = rows.code(rows.card())
    ghost = replace(code.claims, code_key=GHOST.public_bytes)
    unknown = PaymentCode(sign_certificate(ghost, counter.tools.signer), GHOST)
    outcome = counter.ask(counter.journal.charge(unknown))
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.INVALID_QR


def test_a_certificate_of_another_hub_is_no_payment_code(counter: Counter, rows: HubRows) -> None:
    code = rows.code(rows.card())
    foreign = sign_certificate(code.claims, Ed25519Signer.generate())
    outcome = counter.ask(counter.journal.charge(code, certificate=foreign.raw))
    assert outcome.status is Status.DECLINED
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.INVALID_QR


def test_a_proof_of_another_charge_is_no_payment_code(counter: Counter, rows: HubRows) -> None:
    card = rows.card()
    code = rows.code(card)
    first = counter.journal.charge(code, 100).data
    assert isinstance(first, ChargeData)
    outcome = counter.ask(counter.journal.charge(code, 99_000, proof=first.proof))
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.INVALID_QR
    assert counter.balance(card) == 100_000


def test_another_currency_is_refused(counter: Counter, rows: HubRows) -> None:
    outcome = counter.ask(counter.journal.charge(rows.code(rows.card()), currency="USD"))
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.CURRENCY_MISMATCH


def test_the_codes_life_is_judged_at_the_charges_own_time(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    first, second = rows.card(), rows.card()
    in_time, late = rows.code(first, ttl_s=60, age_s=0), rows.code(second, ttl_s=60, age_s=0)
    clock.advance(60_000)
    charged = counter.journal.charge(in_time)
    clock.advance(1_000)
    expired = counter.journal.charge(late)
    clock.advance(20_000)
    completed, declined = counter.submit(charged, expired)
    assert completed.status is Status.COMPLETED
    assert declined.refusal is not None
    assert declined.refusal.code is Code.QR_EXPIRED


def test_a_code_swept_after_a_charge_in_its_life_still_pays(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card()
    code = rows.code(card, ttl_s=60, age_s=0)
    charge = counter.journal.charge(code)
    clock.advance(59_000)
    rows.set_codes(card, "live", "expired")
    assert counter.ask(charge).status is Status.COMPLETED


def test_a_suspended_service_decides_nothing_and_stores_nothing(
    counter: Counter, rows: HubRows, run: Callable[..., Any]
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    counter.submit(counter.journal.entries[0])
    run(suspend_service, at=counter.context.clock.now(), actor=SYSTEM, reason="an exercise")
    answer = counter.send(charge)
    assert answer.outcomes[0].status is Status.RETRY
    assert answer.outcomes[0].refusal is not None
    assert answer.outcomes[0].refusal.code is Code.SERVICE_SUSPENDED
    assert answer.verified_through == 0
    assert len(rows.rows(journal_entries)) == 1
    run(resume_service, at=counter.context.clock.now(), actor=SYSTEM, reason="it is over")
    assert counter.ask(charge).status is Status.COMPLETED


@pytest.mark.parametrize(
    ("seconds_ago", "status"),
    [
        (60, Status.COMPLETED),
        (61, Status.UNCONFIRMED),
        (-60, Status.COMPLETED),
        (-61, Status.UNCONFIRMED),
    ],
)
def test_only_a_charge_within_the_live_window_is_decided_on_arrival(
    counter: Counter, rows: HubRows, clock: ManualClock, seconds_ago: int, status: Status
) -> None:
    card = rows.card()
    at = clock.now() - timedelta(seconds=seconds_ago)
    outcome = counter.ask(counter.journal.charge(rows.code(card), at=at))
    assert outcome.status is status
    assert (outcome.decision is not None) == (status is Status.COMPLETED)
    assert counter.balance(card) == (90_000 if status is Status.COMPLETED else 100_000)


def test_a_repeat_is_answered_byte_for_byte_whatever_happened_since(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    first = counter.ask(charge)
    clock.advance(3_600_000)
    rows.update(cards, {"id": card.card_id}, {"status": "frozen"})
    rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    again, twice = counter.submit(charge, charge)
    assert first.decision is not None
    assert again == twice == first
    assert counter.balance(card) == 90_000


def test_a_training_charge_is_checked_and_moves_nothing(counter: Counter, rows: HubRows) -> None:
    card = rows.card(5_000)
    code = rows.code(card)
    charge = counter.journal.charge(code, 5_000, training=True)
    outcome = counter.ask(charge)
    assert outcome.status is Status.COMPLETED
    assert outcome.transaction is None
    assert counter.decision(charge).tx_no is None
    assert counter.code_row(code)["state"] == "live"
    assert counter.balance(card) == 5_000
    too_much = counter.ask(counter.journal.charge(code, 5_001, training=True))
    assert too_much.refusal is not None
    assert too_much.refusal.code is Code.INSUFFICIENT_BALANCE


def test_a_training_charge_is_reversed_and_never_advised(counter: Counter, rows: HubRows) -> None:
    charge = counter.journal.charge(rows.code(rows.card()), training=True)
    advice = counter.journal.advice(charge)
    reversal = counter.journal.reversal(charge)
    _, advised, undone = counter.submit(charge, advice, reversal)
    assert advised.refusal is not None
    assert (advised.status, advised.refusal.code) == (Status.REJECTED, Code.INVALID_ENTRY)
    assert (undone.status, undone.reversal_tx_no) == (Status.REVERSED, None)


def test_one_order_ref_on_two_completed_charges_raises_an_alert(counter: Counter, rows: HubRows) -> None:
    counter.submit(counter.journal.charge(rows.code(rows.card()), order_ref="A-7"))
    assert rows.rows(outbox, topic="alert") == []
    counter.submit(counter.journal.charge(rows.code(rows.card()), order_ref="A-7"))
    alert = rows.one(outbox, topic="alert")["payload"]
    assert (alert["kind"], alert["detail"]) == ("order_ref_repeated", {"order_ref": "A-7"})
