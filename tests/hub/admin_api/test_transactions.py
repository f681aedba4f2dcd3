"""Transactions and their postings as the hub's admins see them."""

from collections.abc import Callable

import pytest

from hub_server.access import LoginRole
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn
from tests.fakes.clock import ManualClock
from tests.hub.admin_api.conftest import Ask


def test_a_charge_is_seen_with_its_postings(
    ask: Ask, rows: HubRows, hub_context: Context, keys: HubSigningKeys
) -> None:
    card, counter = rows.card(50_000), Counter(hub_context, keys, rows)
    outcome = counter.ask(counter.journal.charge(rows.code(card, rate=9_000), 10_000))
    assert outcome.transaction is not None
    answer = ask("GET", f"transactions/{outcome.transaction.tx_no}")
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    told = seen["transaction"]
    assert (told["payable"], told["status"], told["card_id"]) == (9_000, "completed", card.card_id)
    assert (told["merchant_id"], told["store_id"]) == (counter.shop.merchant_id, counter.shop.store_id)
    (posting,) = seen["postings"]
    assert posting["debit"] == {"kind": "card", "owner": card.card_id}
    assert posting["credit"] == {"kind": "merchant", "owner": counter.shop.merchant_id}
    assert (posting["amount"], posting["currency"]) == (9_000, "TWD")


def test_the_list_keeps_to_a_card_a_merchant_a_number_and_a_label(
    ask: Ask, rows: HubRows, hub_context: Context, keys: HubSigningKeys, clock: ManualClock
) -> None:
    one, other = rows.card(50_000), rows.card(50_000)
    here, there = Counter(hub_context, keys, rows), Counter(hub_context, keys, rows)
    numbers = []
    for counter, card, label in ((here, one, "A-1"), (here, other, "A-2"), (there, one, "A-1")):
        outcome = counter.ask(counter.journal.charge(rows.code(card), 1_000, order_ref=label))
        assert outcome.transaction is not None
        numbers.append(outcome.transaction.tx_no)
        clock.advance(1)
    first, second, third = numbers
    for query, expected in (
        ({"merchant_id": here.shop.merchant_id}, [second, first]),
        ({"order_ref": "A-1"}, [third, first]),
        ({"tx_no": second}, [second]),
        ({"tx_no": second, "order_ref": "A-1"}, []),
        ({"card_id": one.card_id, "merchant_id": there.shop.merchant_id}, [third]),
    ):
        items = ask("GET", "transactions", **query).json()["items"]
        assert [item["tx_no"] for item in items] == expected
    for wrong in ({"card_id": "1"}, {"merchant_id": "x" * 36}, {"tx_no": "x" * 17}, {"cursor": "!"}):
        assert ask("GET", "transactions", **wrong).status_code == 422


def test_pages_keep_their_place_while_more_is_paid(
    ask: Ask, rows: HubRows, hub_context: Context, keys: HubSigningKeys, clock: ManualClock
) -> None:
    card, counter = rows.card(50_000), Counter(hub_context, keys, rows)
    for _ in range(5):
        counter.ask(counter.journal.charge(rows.code(card), 100))
        clock.advance(1)
    shop = {"merchant_id": counter.shop.merchant_id}
    everything = [item["id"] for item in ask("GET", "transactions", **shop).json()["items"]]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ask("GET", "transactions", limit=2, **shop, **cursor).json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        counter.ask(counter.journal.charge(rows.code(card), 100))
        clock.advance(1)
    assert seen == everything


@pytest.mark.parametrize("tx_no", ["PAY9999999999", "x", "é", "' OR 1=1"])
def test_an_unknown_number_is_not_found(ask: Ask, tx_no: str) -> None:
    answer = ask("GET", f"transactions/{tx_no}")
    assert (answer.status_code, answer.json()["code"]) == (404, Code.TX_NOT_FOUND.value)


@pytest.mark.parametrize(
    "role", [LoginRole.SUPERADMIN, LoginRole.OPERATOR, LoginRole.FINANCE, LoginRole.AUDITOR]
)
def test_every_admin_may_read(ask: Ask, by_role: Callable[[LoginRole], SignedIn], role: LoginRole) -> None:
    assert ask("GET", "transactions", by=by_role(role)).status_code == 200
