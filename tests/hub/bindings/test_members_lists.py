"""`/me/cards` and `/me/transactions`: pages that neither skip nor repeat, and cursors nobody can make up."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.demo_data import load_data, make_demo_data
from hub_server.foundation.context import Context
from hub_server.settings import Settings
from shared.api.members import CardList, TransactionList
from tests.builders.people import sign_up
from tests.builders.signed_in import signed_in_admin

LOADED = 7


@pytest.fixture
def demo(hub: Hub) -> dict[str, Any]:
    """Members with cards and top-ups, all made in the same millisecond."""
    return make_demo_data(hub.context, hub.keys)


def _headers(member: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {member['access_token']}"}


def _pages(client: httpx.Client, path: str, headers: dict[str, str], limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = client.get(f"{path}?limit={limit}{cursor}", headers=headers).json()
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        cursor = f"&cursor={page['next_cursor']}"


def test_pages_of_cards_neither_skip_nor_repeat(client: httpx.Client, demo: dict[str, Any]) -> None:
    for member in demo["members"]:
        seen = _pages(client, "/api/v1/me/cards", _headers(member), 1)
        assert [card["card_id"] for card in seen] == [card["card_id"] for card in member["cards"]]
        whole = client.get("/api/v1/me/cards", headers=_headers(member)).json()
        assert CardList.model_validate(whole).next_cursor is None
        assert whole["items"] == seen


def test_the_rate_is_what_the_next_code_will_carry(client: httpx.Client, demo: dict[str, Any]) -> None:
    rates = {
        card["card_type"]: card["rate"]
        for member in demo["members"]
        for card in client.get("/api/v1/me/cards", headers=_headers(member)).json()["items"]
    }
    assert rates == {"standard": 9_500, "prepaid": 10_000, "corporate": 9_000, "voucher": 10_000}


def test_pages_of_transactions_neither_skip_nor_repeat_within_one_millisecond(
    client: httpx.Client, demo: dict[str, Any]
) -> None:
    member = demo["members"][0]
    seen = _pages(client, "/api/v1/me/transactions", _headers(member), 1)
    whole = client.get("/api/v1/me/transactions", headers=_headers(member)).json()
    assert TransactionList.model_validate(whole).next_cursor is None
    assert whole["items"] == seen
    assert sorted(item["tx_no"] for item in seen) == ["RCG0000000001", "RCG0000000002"]
    assert {item["card_id"] for item in seen} == {card["card_id"] for card in member["cards"]}
    assert {(item["type"], item["status"], item["payable"]) for item in seen} == {
        ("top_up", "completed", 500_000)
    }


def test_a_stranger_sees_no_card_and_no_transaction_of_others(
    client: httpx.Client, settings: Settings, demo: dict[str, Any]
) -> None:
    stranger = sign_up(client, settings)
    assert client.get("/api/v1/me/transactions", headers=stranger.headers).json()["items"] == []
    seen = client.get("/api/v1/me/cards", headers=stranger.headers).json()["items"]
    assert [card["card_id"] for card in seen] == [stranger.card_id]


@pytest.mark.parametrize("path", ["/api/v1/me/cards", "/api/v1/me/transactions"])
@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "cursor=MTI",
        "cursor=%00",
        "cursor=" + "A" * 129,
        "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk",
    ],
)
def test_made_up_pages_are_refused_or_empty(
    client: httpx.Client, demo: dict[str, Any], path: str, query: str
) -> None:
    answer = client.get(f"{path}?{query}", headers=_headers(demo["members"][0]))
    if answer.status_code == 200:  # the cursor of some card, and none comes after it
        assert (path, query, answer.json()["items"]) == ("/api/v1/me/cards", "cursor=MTI", [])
    else:
        assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")


def test_the_load_members_many_cards_are_owned_like_any_other(
    hub: Hub, tmp_path: Any, demo: dict[str, Any], run: Callable[..., Any]
) -> None:
    load_data(hub.context, hub.keys, LOADED, tmp_path / "codes")
    owned = sum(len(member["cards"]) for member in demo["members"]) + LOADED
    roles = run(lambda connection: connection.execute(select(bindings.c.role)).scalars().all())
    assert roles == ["owner"] * owned
    assert len(run(lambda connection: connection.execute(select(cards.c.id)).all())) == owned


def test_an_adjustment_tells_which_way_it_went(
    client: httpx.Client, hub_context: Context, settings: Settings
) -> None:
    member = sign_up(client, settings)
    proposer, approver = signed_in_admin(hub_context), signed_in_admin(hub_context)
    for amount in (5_000, -2_000):
        body = {"card_id": member.card_id, "amount": amount, "reason": "counted anew"}
        made = client.post("/api/v1/admin/adjustments", headers=proposer.headers, json=body).json()
        path = f"/api/v1/admin/adjustments/{made['id']}/approve"
        assert client.post(path, headers=approver.headers, json={}).is_success
    seen = client.get("/api/v1/me/transactions", headers=member.headers).json()["items"]
    assert sorted(item["balance_change"] for item in seen) == [-2_000, 5_000]
