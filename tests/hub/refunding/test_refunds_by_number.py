"""`POST /refunds` with a merchant's key (protocol.md 8; domain.md, Refund)."""

from collections import Counter as Tally
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import httpx
import pytest

from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.idempotency.tables import idempotency_registry
from hub_server.loyalty.tables import point_ledger
from hub_server.merchants import suspend_merchant
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import key_headers
from tests.builders.till import Till
from tests.fakes.clock import ManualClock
from tests.hub.refunding.conftest import REFUNDS, AskRefund

Run = Callable[..., Any]
CLIENTS = 20


def _code(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def _balance(rows: HubRows, card_id: str) -> int:
    return int(rows.one(cards, id=card_id)["balance"])


def test_a_refund_answers_with_its_own_transaction(till: Till, rows: HubRows, refund: AskRefund) -> None:
    card = rows.card()
    paid = till.paid(till.code(card), 10_000)
    answer = refund(paid["tx_no"], 2_500, reason="damaged", order_ref="A-1")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["type"], told["tx_no"][:3], told["raw_amount"], told["payable"]) == (
        "refund",
        "REF",
        2_500,
        2_500,
    )
    assert (told["points_earned"], told["points_balance"], told["rate"]) == (-25, 75, paid["rate"])
    row = rows.one(transactions, kind="refund")
    assert (row["reason"], row["order_ref"], row["terminal_id"], row["cashier"]) == (
        "damaged",
        "A-1",
        None,
        None,
    )
    charged = rows.one(transactions, kind="charge")
    assert (row["original_id"], charged["given_back"]) == (charged["id"], 2_500)
    assert _balance(rows, card.card_id) == 92_500


def test_partial_refunds_up_to_what_was_paid_and_not_one_more(
    till: Till, rows: HubRows, refund: AskRefund
) -> None:
    card = rows.card()
    tx_no = till.paid(till.code(card), 1_000)["tx_no"]
    for amount in (300, 699, 1):
        assert refund(tx_no, amount).status_code == 200
    assert _code(refund(tx_no, 1)) == (409, Code.REFUND_EXCEEDS_REMAINING.value)
    assert rows.one(transactions, kind="charge")["status"] == "refunded"
    assert _balance(rows, card.card_id) == 100_000
    assert sum(row["change"] for row in rows.rows(point_ledger)) == 0


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize(
    ("case", "status", "code", "titles"),
    [
        ("unknown", 404, Code.TX_NOT_FOUND, ("No such transaction", "交易不存在")),
        ("another merchant's", 404, Code.TX_NOT_FOUND, ("No such transaction", "交易不存在")),
        ("a top-up", 404, Code.TX_NOT_FOUND, ("No such transaction", "交易不存在")),
        (
            "a refund",
            409,
            Code.NOT_REFUNDABLE,
            ("Only a completed charge can be refunded", "只能退款已完成的支付"),
        ),
        (
            "too much",
            409,
            Code.REFUND_EXCEEDS_REMAINING,
            ("More than is left to refund", "退款金額超過可退金額"),
        ),
        ("nothing", 422, Code.INVALID_AMOUNT, ("The amount is not valid", "金額無效")),
        ("beyond", 422, Code.INVALID_AMOUNT, ("The amount is not valid", "金額無效")),
        ("dollars", 422, Code.CURRENCY_MISMATCH, ("The currency is not this hub's", "幣別不符")),
    ],
)
def test_every_refusal_in_both_languages(
    till: Till,
    rows: HubRows,
    refund: AskRefund,
    hub_context: Context,
    case: str,
    status: int,
    code: Code,
    titles: tuple[str, str],
    language: str,
) -> None:
    paid = till.paid(till.code(rows.card()), 1_000)["tx_no"]
    stranger = key_headers(hub_context, rows.shop().merchant_id)
    asked: dict[str, Callable[[], httpx.Response]] = {
        "unknown": lambda: refund("PAY9999999999", 1, language=language),
        "another merchant's": lambda: refund(paid, 1, language=language, headers=stranger),
        "a top-up": lambda: refund("RCG0000000001", 1, language=language),
        "a refund": lambda: refund(refund(paid, 1).json()["tx_no"], 1, language=language),
        "too much": lambda: refund(paid, 1_001, language=language),
        "nothing": lambda: refund(paid, 0, language=language),
        "beyond": lambda: refund(paid, 100_000_000, language=language),
        "dollars": lambda: refund(paid, 1, currency="USD", language=language),
    }
    answer = asked[case]()
    assert _code(answer) == (status, code.value)
    assert answer.json()["title"] == titles[language == "zh-TW"]
    assert [row["payable"] for row in rows.rows(transactions, kind="refund")] == [1] * (case == "a refund")


def test_a_number_that_is_not_there_is_told_as_another_merchants_is(
    till: Till, rows: HubRows, refund: AskRefund, hub_context: Context
) -> None:
    tx_no = till.paid(till.code(rows.card()), 1_000)["tx_no"]
    stranger = key_headers(hub_context, rows.shop().merchant_id)
    told = [refund(number, 1, headers=stranger).json() for number in (tx_no, "PAY9999999999")]
    assert [{**body, "request_id": "", "instance": ""} for body in told] == [
        {**told[0], "request_id": "", "instance": ""}
    ] * 2


def test_the_wrong_form_is_refused_before_anything_is_looked_at(till: Till) -> None:
    good: dict[str, Any] = {"tx_no": "PAY0000000001", "amount": 1}
    keyed = till.headers | {"Idempotency-Key": till.new_key()}
    changes: list[dict[str, Any]] = [
        {"tx_no": ""},
        {"amount": "1"},
        {"amount": 1.5},
        {"reason": "a\nb"},
        {"more": 1},
    ]
    asked = [(good | change, keyed) for change in changes] + [(good, till.headers)]
    for body, headers in asked:
        answer = till.client.post(REFUNDS, json=body, headers=headers)
        assert _code(answer) == (422, Code.INVALID_REQUEST.value), body


@pytest.mark.parametrize("typed", ["x", "PAY1", "pay0000000001", "付款 1"])
def test_what_is_no_number_of_a_charge_is_not_found(refund: AskRefund, typed: str) -> None:
    assert _code(refund(typed, 1)) == (404, Code.TX_NOT_FOUND.value)


def test_a_key_without_the_scope_and_nobody_are_refused(
    till: Till, rows: HubRows, refund: AskRefund, hub_context: Context
) -> None:
    tx_no = till.paid(till.code(rows.card()), 1_000)["tx_no"]
    charging = key_headers(hub_context, till.shop.merchant_id, scopes=("charge", "read"))
    assert _code(refund(tx_no, 1, headers=charging)) == (403, Code.FORBIDDEN.value)
    assert _code(refund(tx_no, 1, headers={"X-None": "1"})) == (401, Code.UNAUTHENTICATED.value)


def test_a_suspended_merchant_refunds_nothing_new_and_repeats_what_was(
    till: Till, rows: HubRows, refund: AskRefund, run: Run, clock: ManualClock
) -> None:
    tx_no, key = till.paid(till.code(rows.card()), 1_000)["tx_no"], till.new_key()
    first = refund(tx_no, 100, key=key)
    run(suspend_merchant, merchant_id=till.shop.merchant_id, at=clock.now(), actor=SYSTEM, reason="a test")
    assert _code(refund(tx_no, 100)) == (403, Code.MERCHANT_NOT_ACTIVE.value)
    again = refund(tx_no, 100, key=key)
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")


def test_a_repeat_is_byte_for_byte_the_first_completed_or_refused(
    till: Till, rows: HubRows, refund: AskRefund, clock: ManualClock
) -> None:
    tx_no = till.paid(till.code(rows.card()), 1_000)["tx_no"]
    for amount in (600, 601):
        key = till.new_key()
        first = refund(tx_no, amount, key=key)
        clock.advance(timedelta(days=30) // timedelta(milliseconds=1))
        again = refund(tx_no, amount, key=key)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.status_code == first.status_code
        if first.status_code == 200:
            assert again.content == first.content
        else:
            assert {**again.json(), "request_id": ""} == {**first.json(), "request_id": ""}
    assert len(rows.rows(transactions, kind="refund")) == 1


@pytest.mark.parametrize("change", [{"amount": 101}, {"reason": "other"}, {"order_ref": "B"}])
def test_the_key_of_another_request_is_a_conflict(
    till: Till, rows: HubRows, refund: AskRefund, change: dict[str, Any]
) -> None:
    tx_no, key = till.paid(till.code(rows.card()), 1_000)["tx_no"], till.new_key()
    assert refund(tx_no, 100, key=key).status_code == 200
    body = {"amount": 100} | change
    assert _code(refund(tx_no, key=key, **body)) == (409, Code.IDEMPOTENCY_CONFLICT.value)
    (declined,) = rows.rows(audit_events, name="REFUND_DECLINED")
    assert declined["data"] == {"key": key, "code": Code.IDEMPOTENCY_CONFLICT.value}
    assert 'mps_hub_refusals_total{code="IDEMPOTENCY_CONFLICT"} 1.0' in till.client.get("/metrics").text
    assert len(rows.rows(transactions, kind="refund")) == 1


def test_the_key_of_a_charge_is_no_key_for_a_refund(till: Till, rows: HubRows, refund: AskRefund) -> None:
    key = till.new_key()
    tx_no = till.paid(till.code(rows.card()), 1_000, key=key)["tx_no"]
    assert _code(refund(tx_no, 1, key=key)) == (409, Code.IDEMPOTENCY_CONFLICT.value)


def test_each_refund_and_each_refusal_is_in_the_audit_log_and_the_registry(
    till: Till, rows: HubRows, refund: AskRefund
) -> None:
    tx_no = till.paid(till.code(rows.card()), 1_000)["tx_no"]
    key = till.new_key()
    for _ in range(2):
        refund(tx_no, 400, key=key)
        refund("PAY9999999999", 1, key="unknown")
        refund(tx_no, 0)
    names = Tally(row["name"] for row in rows.rows(audit_events))
    assert (names["REFUND"], names["REFUND_DECLINED"]) == (1, 3)
    refused = [row["data"] for row in rows.rows(audit_events, name="REFUND_DECLINED")]
    assert [each["code"] for each in refused].count("INVALID_AMOUNT") == 2
    assert {"key": "unknown", "tx_no": "PAY9999999999", "code": "TX_NOT_FOUND"} in refused
    assert len(rows.rows(idempotency_registry)) == 3


def test_a_terminals_charge_is_refunded_by_the_merchants_own_system_and_the_other_way_round(
    till: Till, rows: HubRows, refund: AskRefund, hub_context: Context, keys: HubSigningKeys
) -> None:
    card = rows.card()
    counter = Counter(hub_context, keys, rows, till.shop)
    manager = rows.manager(till.shop)
    charge = counter.journal.charge(rows.code(card), 1_000)
    moved = counter.ask(charge).transaction
    assert moved is not None
    assert refund(moved.tx_no, 600).status_code == 200
    too_much, rest = (counter.journal.refund(charge, n, approved_by=manager) for n in (401, 400))
    assert [counter.ask(entry).status for entry in (too_much, rest)] == [Status.DECLINED, Status.COMPLETED]
    tx_no = till.paid(till.code(card), 1_000)["tx_no"]
    by_number = counter.journal.refund(tx_no, 1_000, approved_by=manager)
    assert counter.ask(by_number).status is Status.COMPLETED
    assert _code(refund(tx_no, 1)) == (409, Code.REFUND_EXCEEDS_REMAINING.value)
    assert _balance(rows, card.card_id) == 100_000


def _all_at_once(asks: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    line = Barrier(len(asks))

    def _run(ask: Callable[[], httpx.Response]) -> httpx.Response:
        line.wait()
        for _ in range(50):
            answer = ask()
            if answer.status_code != 503:
                return answer
        raise AssertionError("never decided")

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(_run, asks))


def test_many_at_once_with_one_key_refund_once(till: Till, rows: HubRows, refund: AskRefund) -> None:
    card = rows.card()
    tx_no = till.paid(till.code(card), 1_000)["tx_no"]
    answers = _all_at_once([lambda: refund(tx_no, 10, key="one")] * CLIENTS)
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].status_code == 200
    assert len(rows.rows(transactions, kind="refund")) == 1
    assert _balance(rows, card.card_id) == 99_010


def test_many_at_once_with_keys_of_their_own_never_refund_more_than_was_paid(
    till: Till, rows: HubRows, refund: AskRefund
) -> None:
    card = rows.card()
    tx_no = till.paid(till.code(card), 1_000)["tx_no"]
    answers = _all_at_once([lambda: refund(tx_no, 300)] * CLIENTS)
    assert Tally(answer.status_code for answer in answers) == {200: 3, 409: CLIENTS - 3}
    assert _balance(rows, card.card_id) == 99_900
