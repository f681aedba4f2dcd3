"""What a merchant's people, systems and terminals read of its transactions; and what they never do."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from hub_server.foundation.context import Context
from hub_server.members.tables import members
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.access_tokens import make_access_token
from hub_server.terminals.tables import terminals
from shared.clock import to_wire
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows, ShopRows
from tests.builders.signed_in import key_headers
from tests.fakes.clock import ManualClock
from tests.hub.merchant_api.conftest import Ask, Tenant

CounterOf = Callable[[ShopRows], Counter]


def _pay(counter: Counter, rows: HubRows, amount: int = 10_000, order_ref: str | None = None) -> str:
    code = rows.code(rows.card(50_000, points=1_200), rate=9_500)
    outcome = counter.ask(counter.journal.charge(code, amount, order_ref=order_ref))
    assert outcome.transaction is not None
    return outcome.transaction.tx_no


def _terminal_headers(context: Context, keys: HubSigningKeys, counter: Counter) -> dict[str, str]:
    token = make_access_token(
        keys,
        hub=context.settings.base_url,
        terminal_id=counter.terminal_id,
        token_id="1",
        at=context.clock.now(),
        ttl_s=600,
    )
    return {"Authorization": f"Bearer {token}"}


def test_a_charge_is_told_without_whose_it_is_or_what_is_left(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf
) -> None:
    counter = counter_of(own.shop)
    tx_no = _pay(counter, rows, order_ref="T-7")
    answer = ask("GET", f"transactions/{tx_no}")
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["type"], seen["status"], seen["raw_amount"], seen["payable"]) == (
        "charge",
        "completed",
        10_000,
        9_500,
    )
    assert (seen["order_ref"], seen["points_earned"], seen["card_type"]) == ("T-7", 100, "standard")
    assert (seen["store_id"], seen["terminal_id"]) == (own.shop.store_id, counter.terminal_id)
    assert not {"points_balance", "tier", "overdrawn", "card_id", "member_id", "balance"} & set(seen)
    (member,) = rows.rows(members)
    text = json.dumps(seen, ensure_ascii=False)
    assert all(secret not in text for secret in (member["phone"], member["name"], member["id"]))


def test_a_reversal_names_its_charge_and_the_charge_what_went_back(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf
) -> None:
    counter = counter_of(own.shop)
    charge = counter.journal.charge(rows.code(rows.card()), 10_000)
    counter.submit(charge)
    undone = counter.ask(counter.journal.reversal(charge))
    newest, oldest = ask("GET", "transactions").json()["items"]
    by_kind = {item["type"]: item for item in (newest, oldest)}
    assert by_kind["reversal"]["tx_no"] == undone.reversal_tx_no
    assert by_kind["reversal"]["original_tx_no"] == by_kind["charge"]["tx_no"]
    assert (by_kind["charge"]["status"], by_kind["charge"]["given_back"]) == ("reversed", 10_000)
    assert by_kind["charge"]["original_tx_no"] is None


def test_another_merchants_transactions_are_as_unknown_as_nobodys(
    ask: Ask,
    own: Tenant,
    other: Tenant,
    rows: HubRows,
    counter_of: CounterOf,
    hub_context: Context,
    keys: HubSigningKeys,
) -> None:
    mine, theirs = counter_of(own.shop), counter_of(other.shop)
    their_number = _pay(theirs, rows, order_ref="SAME")
    my_number = _pay(mine, rows, order_ref="SAME")
    for headers in (
        own.owner.headers,
        own.manager.headers,
        key_headers(hub_context, own.shop.merchant_id),
        _terminal_headers(hub_context, keys, mine),
    ):
        bodies = []
        for number in (their_number, "PAY9999999999"):
            answer = ask("GET", f"transactions/{number}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, Code.TX_NOT_FOUND.value)
            bodies.append({k: v for k, v in answer.json().items() if k not in ("instance", "request_id")})
        assert bodies[0] == bodies[1]
        listed = ask("GET", "transactions", headers=headers, order_ref="SAME").json()["items"]
        assert [item["tx_no"] for item in listed] == [my_number]
        missing = ask("GET", "transactions", headers=headers, store_id=other.shop.store_id)
        assert (missing.status_code, missing.json()["code"]) == (404, Code.NOT_FOUND.value)
        assert ask("GET", f"transactions/{my_number}", headers=headers).status_code == 200


def test_a_manager_reads_one_store_and_a_terminal_finds_any_of_its_merchants(
    ask: Ask,
    own: Tenant,
    second_store: str,
    rows: HubRows,
    counter_of: CounterOf,
    hub_context: Context,
    keys: HubSigningKeys,
) -> None:
    here, there = counter_of(own.shop), counter_of(replace(own.shop, store_id=second_store))
    here_no, there_no = _pay(here, rows), _pay(there, rows)
    by_manager = ask("GET", "transactions", headers=own.manager.headers).json()["items"]
    assert [item["tx_no"] for item in by_manager] == [here_no]
    assert ask("GET", f"transactions/{there_no}", headers=own.manager.headers).status_code == 404
    elsewhere = ask("GET", "transactions", headers=own.manager.headers, store_id=second_store)
    assert elsewhere.status_code == 404
    by_terminal = _terminal_headers(hub_context, keys, here)
    listed = ask("GET", "transactions", headers=by_terminal).json()["items"]
    assert [item["tx_no"] for item in listed] == [here_no]
    assert ask("GET", f"transactions/{there_no}", headers=by_terminal).json()["store_id"] == second_store
    owners = ask("GET", "transactions", store_id=second_store).json()["items"]
    assert [item["tx_no"] for item in owners] == [there_no]


def test_only_a_key_that_may_read_and_an_active_terminal_are_answered(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf, hub_context: Context, keys: HubSigningKeys
) -> None:
    counter = counter_of(own.shop)
    tx_no = _pay(counter, rows)
    charging_key = key_headers(hub_context, own.shop.merchant_id, ("charge",))
    by_terminal = _terminal_headers(hub_context, keys, counter)
    for path in (f"transactions/{tx_no}", "transactions", "daily-summary"):
        query = {"date": "2026-11-22"} if path == "daily-summary" else {}
        refused = ask("GET", path, headers=charging_key, **query)
        assert (refused.status_code, refused.json()["code"]) == (403, Code.FORBIDDEN.value)
        for headers in (
            {},
            {"Authorization": "Bearer x"},
            {"Authorization": "Bearer a.b.c"},
            {"Authorization": "Bearer mps_key_x"},
        ):
            assert ask("GET", path, headers=headers, **query).status_code == 401
        assert ask("GET", path, headers=by_terminal, **query).status_code == 200
    rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    stopped = ask("GET", "transactions", headers=by_terminal)
    assert (stopped.status_code, stopped.json()["code"]) == (403, Code.TERMINAL_NOT_ACTIVE.value)


def test_a_list_is_bounded_by_time_and_keeps_its_place_while_more_is_paid(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf, clock: ManualClock
) -> None:
    counter, numbers, times = counter_of(own.shop), [], []
    for _ in range(5):
        times.append(clock.now())
        numbers.append(_pay(counter, rows, 100))
        clock.advance(1_000)
    within = ask("GET", "transactions", **{"from": to_wire(times[1]), "to": to_wire(times[3])}).json()
    assert [item["tx_no"] for item in within["items"]] == [numbers[2], numbers[1]]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask("GET", "transactions", limit=2, **cursor).json()
        seen += [item["tx_no"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        _pay(counter, rows, 100)
        clock.advance(1_000)
    assert seen == numbers[::-1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "yesterday"},
        {"from": "2026-11-22T10:00:00"},
        {"to": "0001-01-01T00:00:00+23:59"},
        {"to": "12345"},
        {"store_id": "1"},
        {"order_ref": ""},
        {"limit": 201},
        {"cursor": "eA"},
    ],
)
def test_a_malformed_question_is_refused(ask: Ask, wrong: dict[str, str]) -> None:
    answer = ask("GET", "transactions", **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)


def test_other_spellings_of_a_time_mean_the_same(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf, clock: ManualClock
) -> None:
    tx_no = _pay(counter_of(own.shop), rows)
    for text in ("2026-11-22T10:00:00Z", "2026-11-22T18:00:00+08:00", "2026-11-22t10:00:00.000z"):
        items = ask("GET", "transactions", **{"from": text}).json()["items"]
        assert [item["tx_no"] for item in items] == [tx_no]
    clock.advance(timedelta(seconds=1) // timedelta(milliseconds=1))
    later = ask("GET", "transactions", **{"from": to_wire(clock.now())})
    assert later.json()["items"] == []
