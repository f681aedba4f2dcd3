"""A key has one outcome, whatever happens meanwhile, however many ask at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.idempotency.tables import idempotency_registry
from hub_server.merchants import suspend_merchant
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.builders.till import Till
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

Run = Callable[..., Any]
CLIENTS = 20


def _is_repeat_of(again: httpx.Response, first: httpx.Response) -> bool:
    return (
        again.headers.get("Idempotent-Replayed") == "true"
        and "Idempotent-Replayed" not in first.headers
        and (again.status_code, again.json()) == (first.status_code, first.json())
    )


def test_a_completed_charge_is_told_again_after_its_code_has_expired(
    till: Till, rows: HubRows, clock: ManualClock
) -> None:
    code, key = till.code(rows.card()), till.new_key()
    first = till.charge(code, key=key)
    clock.advance(timedelta(days=1) // timedelta(milliseconds=1))
    assert first.status_code == 200
    assert _is_repeat_of(till.charge(code, key=key), first)
    assert len(rows.rows(transactions, kind="charge")) == 1


def test_a_completed_charge_is_told_again_after_the_merchant_was_suspended(
    till: Till, rows: HubRows, run: Run, clock: ManualClock
) -> None:
    code, key = till.code(rows.card()), till.new_key()
    first = till.charge(code, key=key)
    run(suspend_merchant, merchant_id=till.shop.merchant_id, at=clock.now(), actor=SYSTEM, reason="a test")
    assert _is_repeat_of(till.charge(code, key=key), first)
    assert till.charge(code).json()["code"] == Code.MERCHANT_NOT_ACTIVE.value


def test_a_refusal_stands_also_when_its_reason_is_gone(till: Till, rows: HubRows) -> None:
    card = rows.card(10_000)
    code, key = till.code(card), till.new_key()
    assert till.charge(code, 10_001, key=key).status_code == 409
    assert till.charge(code, 10_000).status_code == 200
    again = till.charge(code, 10_001, key=key)
    assert again.json()["code"] == Code.INSUFFICIENT_BALANCE.value
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("change", [{"amount": 10_001}, {"order_ref": "A-1"}, {"currency": "USD"}])
def test_the_key_of_another_request_is_a_conflict_and_changes_nothing(
    change: dict[str, Any], till: Till, rows: HubRows
) -> None:
    code, key = till.code(rows.card()), till.new_key()
    first = till.charge(code, key=key)
    conflict = till.charge(**({"code": code} | change), key=key)
    assert (conflict.status_code, conflict.json()["code"]) == (409, Code.IDEMPOTENCY_CONFLICT.value)
    assert len(rows.rows(audit_events, name="PAYMENT")) == 1
    assert _is_repeat_of(till.charge(code, key=key), first)


def test_another_code_under_the_same_key_is_a_conflict(till: Till, rows: HubRows) -> None:
    key = till.new_key()
    till.paid(till.code(rows.card()), key=key)
    assert till.charge(till.code(rows.card()), key=key).json()["code"] == Code.IDEMPOTENCY_CONFLICT.value


def test_two_merchants_may_use_the_same_key(
    till: Till, rows: HubRows, hub_context: Context, keys: HubSigningKeys, client: httpx.Client
) -> None:
    other = Till(hub_context, keys, rows, client)
    first = till.paid(till.code(rows.card()), key="same")
    second = other.paid(other.code(rows.card()), key="same")
    assert first["tx_no"] != second["tx_no"]
    assert len(rows.rows(idempotency_registry, key="same")) == 2


def _all_at_once(asks: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(asks)) as pool:
        return [future.result() for future in [pool.submit(_until_decided, ask) for ask in asks]]


def _until_decided(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """As a till does: busy is no answer."""
    for _ in range(50):
        answer = ask()
        if answer.status_code != 503:
            return answer
    raise AssertionError("never decided")


def test_many_clients_with_one_code_make_one_charge(
    till: Till, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.web", "busy")
    card = rows.card()
    code = till.code(card)
    answers = _all_at_once([partial(till.charge, code, key=till.new_key()) for _ in range(CLIENTS)])
    refused = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert refused == [Code.QR_ALREADY_USED.value] * (CLIENTS - 1)
    assert rows.one(cards, id=card.card_id)["balance"] == 90_000
    assert len(rows.rows(transactions, kind="charge")) == 1
    assert len(rows.rows(audit_events, name="PAYMENT")) == 1
    assert len(rows.rows(audit_events, name="PAYMENT_DECLINED")) == CLIENTS - 1
    assert len(rows.rows(idempotency_registry)) == CLIENTS


def test_many_clients_with_one_key_have_one_effect_and_one_answer(
    till: Till, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.web", "busy")
    card = rows.card()
    code = till.code(card)
    answers = _all_at_once([partial(till.charge, code, key="one")] * CLIENTS)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert rows.one(cards, id=card.card_id)["balance"] == 90_000
    assert len(rows.rows(transactions, kind="charge")) == 1
    assert len(rows.rows(audit_events, name="PAYMENT")) == 1


def test_many_clients_with_one_key_and_different_requests_have_one_effect(
    till: Till, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.web", "busy")
    code = till.code(rows.card())
    asks = [partial(till.charge, code, 100 + number, key="one") for number in range(CLIENTS)]
    answers = _all_at_once(asks)
    refused = [answer.json()["code"] for answer in answers if answer.status_code != 200]
    assert refused == [Code.IDEMPOTENCY_CONFLICT.value] * (CLIENTS - 1)
    assert len(rows.rows(transactions, kind="charge")) == 1
