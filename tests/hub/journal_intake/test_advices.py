"""What an advice becomes (protocol.md 5, "What a charge becomes at the hub")."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.cards.tables import cards
from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake import EntryOutcome
from hub_server.ledger.tables import accounts, postings
from hub_server.payment_codes.tables import payment_codes
from shared.journal_entries import ShiftOpenData, Status
from shared.payment_code import sign_certificate
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

NewCounter = Callable[..., Counter]


def code_of(outcome: EntryOutcome) -> Code | None:
    """The refusal's code."""
    return outcome.refusal.code if outcome.refusal is not None else None


def alerts(rows: HubRows) -> list[str]:
    """The kinds of alerts raised."""
    return [row["payload"]["kind"] for row in rows.rows(outbox, topic="alert")]


def test_an_advice_for_an_unconfirmed_charge_settles_it(offline: Counter, rows: HubRows) -> None:
    card = rows.card()
    charge = offline.journal.charge(rows.code(card, rate=9_000), 10_000)
    advice = offline.journal.advice(charge, rate=9_000)
    charged, advised = offline.submit(charge, advice)
    assert (charged.status, advised.status) == (Status.COMPLETED, Status.COMPLETED)
    assert charged.transaction == advised.transaction
    assert advised.transaction is not None
    assert (advised.transaction.offline, advised.transaction.overdrawn) == (True, False)
    assert advised.transaction.payable == 9_000
    assert offline.balance(card) == 91_000
    assert offline.decision(charge).tx_no == offline.decision(advice).tx_no


def test_a_charge_told_unconfirmed_is_announced_once_its_advice_settles_it(
    offline: Counter, rows: HubRows
) -> None:
    charge = offline.journal.charge(rows.code(rows.card()))
    assert offline.submit(offline.journal.entries[0], charge)[1].status is Status.UNCONFIRMED
    assert rows.rows(outbox, topic="feed") == []
    offline.submit(offline.journal.advice(charge))
    told = rows.one(outbox, topic="feed")["payload"]
    assert (told["kind"], told["terminal_id"], told["data"]) == (
        "settled",
        offline.terminal_id,
        {"seqs": [charge.seq]},
    )
    assert offline.ask(charge).status is Status.COMPLETED


def test_an_advice_for_a_completed_charge_confirms_it(counter: Counter, rows: HubRows) -> None:
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    first = counter.ask(charge)
    advised = counter.ask(counter.journal.advice(charge))
    assert (advised.status, advised.transaction) == (Status.COMPLETED, first.transaction)
    assert advised.transaction is not None
    assert not advised.transaction.offline
    assert counter.balance(card) == 90_000


def test_an_advice_for_a_charge_declined_while_the_terminal_could_not_know_is_honoured(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card(4_000)
    charge = counter.journal.charge(rows.code(card), 10_000)
    clock.advance(1_000)
    assert counter.ask(charge).status is Status.DECLINED
    advised = counter.ask(counter.journal.advice(charge))
    assert advised.status is Status.COMPLETED
    assert advised.transaction is not None
    assert advised.transaction.overdrawn
    assert counter.balance(card) == -6_000
    assert counter.ask(charge).status is Status.DECLINED


def test_an_advice_of_a_terminal_that_knew_the_decline_is_contradictory(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card(0)
    charge = counter.journal.charge(rows.code(card))
    counter.submit(charge)
    advised = counter.ask(counter.journal.advice(charge, contact=clock.now()))
    assert (advised.status, code_of(advised)) == (Status.REJECTED, Code.CONTRADICTORY_ENTRY)
    assert counter.balance(card) == 0


def test_an_overdraft_is_booked_beside_the_cards_account(offline: Counter, rows: HubRows) -> None:
    card = rows.card(3_000)
    charge = offline.journal.charge(rows.code(card), 10_000)
    _, advised = offline.submit(charge, offline.journal.advice(charge))
    assert advised.transaction is not None
    booked = rows.rows(postings, transaction_id=advised.transaction.id)
    overdraft = rows.one(accounts, kind="overdraft", owner=card.card_id)["id"]
    own = rows.one(accounts, kind="card", owner=card.card_id)["id"]
    assert {row["debit_account"]: row["amount"] for row in booked} == {own: 3_000, overdraft: 7_000}
    undone = offline.ask(offline.journal.reversal(charge))
    assert undone.status is Status.REVERSED
    back = [row for row in rows.rows(postings) if row["debit_account"] == offline.shop.account_id]
    assert [(row["credit_account"], row["amount"]) for row in back] == [(overdraft, 7_000), (own, 3_000)]
    assert offline.balance(card) == 3_000


@pytest.mark.parametrize("change", ["frozen", "closed", "lost"])
def test_what_happened_to_the_card_after_contact_does_not_matter(
    offline: Counter, rows: HubRows, change: str
) -> None:
    card = rows.card()
    charge = offline.journal.charge(rows.code(card))
    rows.update(cards, {"id": card.card_id}, {"status": change})
    assert offline.submit(charge, offline.journal.advice(charge))[1].status is Status.COMPLETED


def test_a_replaced_code_is_honoured_offline(offline: Counter, rows: HubRows) -> None:
    card = rows.card()
    code = rows.code(card)
    charge = offline.journal.charge(code)
    rows.code(card)
    assert offline.submit(charge, offline.journal.advice(charge))[1].status is Status.COMPLETED
    assert offline.code_row(code)["state"] == "replaced"


@pytest.mark.parametrize(
    ("told_after_contact_s", "status"),
    [(None, Status.COMPLETED), (1, Status.COMPLETED), (0, Status.REJECTED)],
)
def test_a_revocation_counts_from_the_contact_that_it_was_told_at(
    offline: Counter, rows: HubRows, told_after_contact_s: int | None, status: Status
) -> None:
    code = rows.code(rows.card())
    contact = offline.journal.contact
    told = None if told_after_contact_s is None else contact + timedelta(seconds=told_after_contact_s)
    charge = offline.journal.charge(code)
    rows.update(
        payment_codes,
        {"code_ref": code.claims.code_ref},
        {"state": "revoked", "revoked_at": contact, "told_at": told},
    )
    _, advised = offline.submit(charge, offline.journal.advice(charge))
    assert advised.status is status
    assert code_of(advised) is (Code.QR_REVOKED if status is Status.REJECTED else None)


def test_a_code_used_at_another_terminal_is_honoured_and_the_card_frozen(
    offline: Counter, another: NewCounter, rows: HubRows
) -> None:
    card = rows.card()
    code = rows.code(card)
    elsewhere = another()
    assert elsewhere.ask(elsewhere.journal.charge(code)).status is Status.COMPLETED
    charge = offline.journal.charge(code)
    assert offline.submit(charge, offline.journal.advice(charge))[1].status is Status.COMPLETED
    assert offline.balance(card) == 80_000
    assert offline.card_row(card)["status"] == "frozen"
    assert alerts(rows) == ["code_used_twice"]
    used = offline.code_row(code)
    assert (used["live_uses"], used["advised_uses"]) == (1, 1)


def test_a_live_charge_with_a_code_used_offline_is_refused(
    offline: Counter, another: NewCounter, rows: HubRows
) -> None:
    code = rows.code(rows.card())
    charge = offline.journal.charge(code)
    offline.submit(charge, offline.journal.advice(charge))
    elsewhere = another()
    assert code_of(elsewhere.ask(elsewhere.journal.charge(code))) is Code.QR_ALREADY_USED


def test_a_code_used_twice_at_one_terminal_waits_for_a_reversal_and_is_then_refused(
    offline: Counter, rows: HubRows
) -> None:
    card = rows.card()
    code = rows.code(card)
    first, second = offline.journal.charge(code), offline.journal.charge(code)
    between = offline.journal.add(ShiftOpenData(cashier="c", shift="s"))
    one, two = offline.journal.advice(first), offline.journal.advice(second)
    *_, waiting = offline.submit(first, one, second, two)
    assert waiting.status is Status.PENDING
    answer = offline.send(offline.journal.entries[0], between)
    assert answer.verified_through == two.seq
    refused = offline.ask(two)
    assert (refused.status, code_of(refused)) == (Status.REJECTED, Code.QR_ALREADY_USED)
    assert offline.ask(second).status is Status.REJECTED
    assert offline.balance(card) == 90_000
    assert offline.card_row(card)["status"] == "active"


def test_a_code_given_back_by_a_reversal_may_be_used_again_at_the_terminal(
    offline: Counter, rows: HubRows
) -> None:
    card = rows.card()
    code = rows.code(card)
    first = offline.journal.charge(code)
    undone = offline.journal.reversal(first)
    second = offline.journal.charge(code)
    entries = [first, undone, second, offline.journal.advice(second)]
    assert offline.submit(*entries)[-1].status is Status.COMPLETED
    assert offline.balance(card) == 90_000


def test_a_payable_that_is_not_the_certificates_is_a_malformed_advice(
    offline: Counter, rows: HubRows
) -> None:
    charge = offline.journal.charge(rows.code(rows.card()), 10_000)
    _, advised = offline.submit(charge, offline.journal.advice(charge, pays=9_999))
    assert (advised.status, code_of(advised)) == (Status.REJECTED, Code.INVALID_ENTRY)
    assert offline.ask(charge).status is Status.UNCONFIRMED


def test_a_second_advice_takes_the_firsts_outcome(offline: Counter, rows: HubRows) -> None:
    card = rows.card()
    charge = offline.journal.charge(rows.code(card))
    entries = [charge, offline.journal.advice(charge), offline.journal.advice(charge)]
    _, first, second = offline.submit(*entries)
    assert (second.status, second.transaction) == (first.status, first.transaction)
    assert offline.balance(card) == 90_000


def test_a_certificate_that_does_not_verify_rejects_charge_and_advice(
    offline: Counter, rows: HubRows
) -> None:
    code = rows.code(rows.card())
    foreign = sign_certificate(code.claims, Ed25519Signer.generate())
    charge = offline.journal.charge(code, certificate=foreign.raw)
    charged, advised = offline.submit(charge, offline.journal.advice(charge))
    assert (charged.status, advised.status) == (Status.REJECTED, Status.REJECTED)
    assert code_of(charged) is code_of(advised) is Code.INVALID_QR
    assert offline.decision(charge).code is Code.INVALID_QR


def test_a_charge_in_another_currency_is_rejected(offline: Counter, rows: HubRows) -> None:
    charge = offline.journal.charge(rows.code(rows.card()), currency="USD")
    assert code_of(offline.submit(charge, offline.journal.advice(charge))[1]) is Code.CURRENCY_MISMATCH


def test_a_code_that_had_expired_is_rejected(another: NewCounter, rows: HubRows, clock: ManualClock) -> None:
    code = rows.code(rows.card(), ttl_s=60, age_s=0)
    clock.advance(600_000)
    late = another(lag=TOO_LATE)
    charge = late.journal.charge(code)
    assert code_of(late.submit(charge, late.journal.advice(charge))[1]) is Code.QR_EXPIRED
