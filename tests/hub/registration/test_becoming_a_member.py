"""create_member_profile: member, standard card, owner binding and audit in one transaction."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import cards
from hub_server.ledger.tables import accounts
from hub_server.members.tables import members
from hub_server.settings import Settings
from tests.builders.people import prove, sign_up
from tests.fakes.clock import ManualClock

PHONE = "0912345678"
NEW_TABLES = (members, cards, bindings)


@pytest.fixture
def rows(run: Callable[..., Any]) -> Callable[[Any], list[Any]]:
    """`rows(table)`: everything in it."""
    return lambda table: run(lambda connection: connection.execute(select(table)).all())


def _register(client: httpx.Client, token: str, **more: object) -> httpx.Response:
    return client.post("/api/v1/members", json={"registration_token": token, "name": "林小美"} | more)


def test_a_new_member_owns_one_standard_card(
    client: httpx.Client, settings: Settings, rows: Callable[[Any], list[Any]]
) -> None:
    member = sign_up(client, settings, PHONE, "林小美")
    [card] = client.get("/api/v1/me/cards", headers=member.headers).json()["items"]
    assert card["card_id"] == member.card_id
    assert card["card_no"].startswith("STD")
    assert (card["card_type"], card["status"], card["role"]) == ("standard", "active", "owner")
    assert (card["balance"], card["points"], card["tier"], card["rate"]) == (0, 0, 0, 10_000)
    me = client.get("/api/v1/me", headers=member.headers).json()
    assert me == {"id": member.member_id, "phone": "+886912345678", "name": "林小美", "email": None}
    [stored] = rows(cards)
    owners = [row for row in rows(accounts) if row.id == stored.account_id]
    assert [(row.kind, row.owner) for row in owners] == [("card", stored.id)]
    assert [row.name for row in rows(audit_events)] == ["REGISTRATION", "CARD_ISSUED", "BINDING"]


def test_the_token_registers_once(
    client: httpx.Client, settings: Settings, rows: Callable[[Any], list[Any]]
) -> None:
    token = prove(client, settings, PHONE)["registration_token"]
    assert _register(client, token).status_code == 201
    again = _register(client, token)
    assert (again.status_code, again.json()["code"]) == (401, "UNAUTHENTICATED")
    assert len(rows(members)) == 1


def test_a_phone_is_registered_once_even_by_two_tokens(
    client: httpx.Client, settings: Settings, clock: ManualClock, rows: Callable[[Any], list[Any]]
) -> None:
    first = prove(client, settings, PHONE)["registration_token"]
    clock.advance(90_000)
    second = prove(client, settings, "+886 912 345 678")["registration_token"]
    assert _register(client, first).status_code == 201
    refused = _register(client, second)
    assert (refused.status_code, refused.json()["code"]) == (409, "PHONE_ALREADY_REGISTERED")
    assert [len(rows(table)) for table in NEW_TABLES] == [1, 1, 1]


def test_the_token_expires(client: httpx.Client, settings: Settings, clock: ManualClock) -> None:
    token = prove(client, settings, PHONE)["registration_token"]
    clock.advance(settings.registration_ttl_s * 1_000)
    assert _register(client, token).json()["code"] == "UNAUTHENTICATED"


def test_a_member_who_comes_back_signs_in(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    member = sign_up(client, settings, PHONE)
    clock.advance(90_000)
    again = prove(client, settings, PHONE)
    assert "registration_token" not in again
    headers = {"Authorization": f"Bearer {again['access_token']}"}
    assert client.get("/api/v1/me", headers=headers).json()["id"] == member.member_id


@pytest.mark.parametrize(
    "more",
    [
        {"name": ""},
        {"name": " "},
        {"name": "a\nb"},
        {"name": "x" * 65},
        {"name": 5},
        {"email": "no address"},
        {"email": "x" * 255},
        {"role": "admin"},
        {"registration_token": ""},
    ],
)
def test_rubbish_gets_a_coded_error_changes_nothing_and_spares_the_token(
    client: httpx.Client, settings: Settings, rows: Callable[[Any], list[Any]], more: dict[str, object]
) -> None:
    token = prove(client, settings, PHONE)["registration_token"]
    refused = _register(client, token, **more)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert token not in refused.text
    assert [rows(table) for table in NEW_TABLES] == [[], [], []]
    assert _register(client, token).status_code == 201


def test_one_members_token_shows_nothing_of_anothers(client: httpx.Client, settings: Settings) -> None:
    one = sign_up(client, settings, "0912345678")
    other = sign_up(client, settings, "0922345678")
    seen = client.get("/api/v1/me/cards", headers=one.headers).json()["items"]
    assert [card["card_id"] for card in seen] == [one.card_id]
    for method in ("POST", "DELETE"):
        refused = client.request(
            method, f"/api/v1/me/cards/{other.card_id}/payment-code", headers=one.headers
        )
        assert (refused.status_code, refused.json()["code"]) == (404, "CARD_NOT_FOUND")
