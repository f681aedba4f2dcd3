"""`GET /me/cards/{id}/points`: what moved a card's points, and how far the next tier is."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.audit import SYSTEM
from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.loyalty import adjust_points
from hub_server.settings import Settings
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.people import SignedUp, sign_up

Adjust = Callable[..., None]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def member(client: httpx.Client, settings: Settings) -> SignedUp:
    """A member with a standard card."""
    return sign_up(client, settings)


@pytest.fixture
def adjust(hub: Hub, run: Callable[..., Any], member: SignedUp) -> Adjust:
    """`adjust(delta, reason)`: of the member's card."""

    def _adjust(delta: int, reason: str = "補償") -> None:
        at = hub.context.clock.now()
        run(adjust_points, card_id=member.card_id, delta=delta, reason=reason, at=at, actor=SYSTEM)

    return _adjust


def _get(client: httpx.Client, member: SignedUp, **parameters: Any) -> httpx.Response:
    path = f"/api/v1/me/cards/{member.card_id}/points"
    return client.get(path, headers=member.headers, params=parameters)


def test_changes_are_listed_newest_first_beside_the_way_to_the_next_tier(
    client: httpx.Client, member: SignedUp, adjust: Adjust
) -> None:
    for delta, reason in ((900, "開幕"), (250, "週年"), (-50, "更正")):
        adjust(delta, reason)
    seen = _get(client, member, limit=2).json()
    assert (seen["points"], seen["tier"], seen["rate"]) == (1_100, 1, 9_500)
    assert seen["next_tier"] == {"tier": 2, "from_points": 5_000, "rate": 9_000, "missing": 3_900}
    changes = [(item["change"], item["before"], item["after"], item["reason"]) for item in seen["items"]]
    assert changes == [(-50, 1_150, 1_100, "更正"), (250, 900, 1_150, "週年")]
    rest = _get(client, member, cursor=seen["next_cursor"]).json()
    assert [item["change"] for item in rest["items"]] == [900]
    assert rest["next_cursor"] is None


def test_above_the_highest_tier_there_is_no_next(
    client: httpx.Client, member: SignedUp, adjust: Adjust
) -> None:
    adjust(10_000)
    seen = _get(client, member).json()
    assert (seen["tier"], seen["next_tier"]) == (3, None)


def test_points_of_a_charge_name_its_transaction(
    client: httpx.Client, hub: Hub, rows: HubRows, member: SignedUp
) -> None:
    counter, card = Counter(hub.context, hub.keys, rows), rows.card()
    outcome = counter.ask(counter.journal.charge(rows.code(card), 12_345))
    assert outcome.refusal is None
    rows.insert(
        bindings,
        {
            "id": hub.context.ids.new(),
            "card_id": card.card_id,
            "member_id": member.member_id,
            "role": "viewer",
            "bound_at": hub.context.clock.now(),
        },
    )
    seen = client.get(f"/api/v1/me/cards/{card.card_id}/points", headers=member.headers).json()
    [item] = seen["items"]
    assert (item["change"], item["reason"], item["tx_no"][:3]) == (123, "charge", "PAY")


@pytest.mark.parametrize("cursor", ["x", "!", "LTE"])
def test_a_made_up_cursor_is_refused(client: httpx.Client, member: SignedUp, cursor: str) -> None:
    refused = _get(client, member, cursor=cursor)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")


def test_others_cards_and_cards_without_points(
    client: httpx.Client, rows: HubRows, member: SignedUp, hub: Hub
) -> None:
    for card_id in (rows.card().card_id, "x"):
        refused = client.get(f"/api/v1/me/cards/{card_id}/points", headers=member.headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "CARD_NOT_FOUND")
    corporate = rows.card(card_type="corporate")
    rows.update(bindings, {"card_id": corporate.card_id}, {"member_id": member.member_id})
    refused = client.get(f"/api/v1/me/cards/{corporate.card_id}/points", headers=member.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "CARD_TYPE_HAS_NO_POINTS")
