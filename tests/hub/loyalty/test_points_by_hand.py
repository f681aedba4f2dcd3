"""update_points_and_level: points by hand, and what becomes of the tier."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.loyalty.tables import point_ledger
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import signed_in_admin

Ask = Callable[..., httpx.Response]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def adjust(hub: Hub, client: httpx.Client) -> Ask:
    """`adjust(card, delta, …)`: one admin's request."""
    headers = signed_in_admin(hub.context, LoginRole.FINANCE).headers

    def ask(card: str, delta: object, reason: object = "補償", key: str | None = None) -> httpx.Response:
        return client.post(
            f"/api/v1/admin/cards/{card}/points",
            json={"delta": delta, "reason": reason},
            headers=headers | ({} if key is None else {"Idempotency-Key": key}),
        )

    return ask


def _points(rows: HubRows, card: CardRows) -> tuple[int, int]:
    row = rows.one(cards, id=card.card_id)
    return row["points"], row["tier"]


def _is_sound(hub: Hub) -> bool:
    return hub.context.database.read(lambda c: check(c, hub.keys.verifiers)).is_clean


def test_the_tier_follows_points_up_and_down(rows: HubRows, adjust: Ask, hub: Hub) -> None:
    card = rows.card(points=900)
    up = adjust(card.card_id, 4_200)
    assert up.status_code == 200, up.text
    assert up.json() == {
        "card_id": card.card_id,
        "delta": 4_200,
        "before": 900,
        "points": 5_100,
        "tier": 2,
    }
    assert adjust(card.card_id, -4_101).json()["tier"] == 0
    assert _points(rows, card) == (999, 0)
    assert [(row["change"], row["reason"]) for row in rows.rows(point_ledger, card_id=card.card_id)][1:] == [
        (4_200, "補償"),
        (-4_101, "補償"),
    ]
    told = [row for row in rows.rows(audit_events) if row["name"] == "POINTS"]
    assert [(row["actor_kind"], row["subject_id"], row["data"]["change"]) for row in told] == [
        ("admin", card.card_id, 4_200),
        ("admin", card.card_id, -4_101),
    ]
    assert _is_sound(hub)


def test_points_never_go_below_zero_and_the_refusal_says_what_there_is(rows: HubRows, adjust: Ask) -> None:
    card = rows.card(points=120)
    refused = adjust(card.card_id, -121)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_AMOUNT")
    assert "120" in refused.json()["detail"]
    assert _points(rows, card) == (120, 0)
    assert adjust(card.card_id, -120).json()["points"] == 0


@pytest.mark.parametrize("card_type", ["corporate", "voucher"])
def test_cards_without_points_are_given_none(rows: HubRows, adjust: Ask, card_type: Any) -> None:
    refused = adjust(rows.card(card_type=card_type).card_id, 10)
    assert (refused.status_code, refused.json()["code"]) == (409, "CARD_TYPE_HAS_NO_POINTS")


@pytest.mark.parametrize("card_id", ["x", "01a20412-646b-74c2-8ff9-d67d878f88da", "1" * 64])
def test_a_card_that_is_not_there_is_not_found(adjust: Ask, card_id: str) -> None:
    refused = adjust(card_id, 10)
    assert (refused.status_code, refused.json()["code"]) == (404, "CARD_NOT_FOUND")


@pytest.mark.parametrize(
    ("delta", "reason"),
    [
        (0, "x"),
        (10_000_001, "x"),
        (-10_000_001, "x"),
        (1.5, "x"),
        ("5", "x"),
        (1, ""),
        (1, " "),
        (1, "x" * 65),
    ],
)
def test_a_malformed_request_changes_nothing(
    rows: HubRows, adjust: Ask, delta: object, reason: object
) -> None:
    card = rows.card(points=50)
    refused = adjust(card.card_id, delta, reason)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert _points(rows, card) == (50, 0)


def test_a_repeated_click_moves_points_once(rows: HubRows, adjust: Ask, hub: Hub) -> None:
    card = rows.card()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: adjust(card.card_id, 100, key="click-1"), range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert _points(rows, card) == (100, 0)
    adjust(card.card_id, 100, key="click-2")
    adjust(card.card_id, 100)
    assert _points(rows, card) == (300, 0)
    assert adjust(card.card_id, 100, key="click-1").json()["points"] == 100
    assert _is_sound(hub)


def test_a_key_is_bound_to_what_was_asked_with_it(rows: HubRows, adjust: Ask) -> None:
    card, other = rows.card(), rows.card()
    adjust(card.card_id, 100, key="k")
    for refused in (
        adjust(card.card_id, 101, key="k"),
        adjust(other.card_id, 100, key="k"),
        adjust(card.card_id, 100, "another reason", key="k"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "IDEMPOTENCY_CONFLICT")
    assert (_points(rows, card), _points(rows, other)) == ((100, 0), (0, 0))


def test_keys_are_each_admins_own(rows: HubRows, adjust: Ask, hub: Hub, client: httpx.Client) -> None:
    card = rows.card()
    adjust(card.card_id, 100, key="k")
    path, body = f"/api/v1/admin/cards/{card.card_id}/points", {"delta": 7, "reason": "x"}
    other = signed_in_admin(hub.context).headers | {"Idempotency-Key": "k"}
    assert client.post(path, json=body, headers=other).json()["points"] == 107


@pytest.mark.parametrize("role", [LoginRole.OPERATOR, LoginRole.AUDITOR])
def test_only_who_keeps_loyalty_moves_points(
    rows: HubRows, hub: Hub, client: httpx.Client, role: LoginRole
) -> None:
    card = rows.card()
    path, body = f"/api/v1/admin/cards/{card.card_id}/points", {"delta": 7, "reason": "x"}
    assert client.post(path, json=body, headers=signed_in_admin(hub.context, role).headers).status_code == 403
    assert client.post(path, json=body).status_code == 401
    assert _points(rows, card) == (0, 0)
