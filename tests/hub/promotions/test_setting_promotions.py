"""Promotions as admins set them: made, changed in versions, withdrawn for good."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.promotions import running_factors
from hub_server.promotions.tables import promotions
from shared.clock import to_wire
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock

PATH = "/api/v1/admin/promotions"
Ask = Callable[..., httpx.Response]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def ask(hub: Hub, client: httpx.Client) -> Ask:
    """`ask(method, path, body)`: by an admin who keeps loyalty."""
    headers = signed_in_admin(hub.context, LoginRole.FINANCE).headers
    return lambda method, path="", body=None: client.request(method, PATH + path, json=body, headers=headers)


def _day(context: Context, begins: int = 0, days: int = 7) -> dict[str, str]:
    start = context.clock.now() + timedelta(days=begins)
    return {"starts_at": to_wire(start), "ends_at": to_wire(start + timedelta(days=days))}


def _double(context: Context, **more: Any) -> dict[str, Any]:
    return {"kind": "factor", "name": "雙倍點數", "factor": 20_000, **_day(context), **more}


def _welcome(context: Context, **more: Any) -> dict[str, Any]:
    return {
        "kind": "grant",
        "name": "入會禮",
        "points": 100,
        "trigger": "registration",
        **_day(context),
        **more,
    }


def test_a_promotion_is_made_listed_and_runs(ask: Ask, hub: Hub, rows: HubRows, clock: ManualClock) -> None:
    shop = rows.shop()
    made = ask("POST", "", _double(hub.context, merchant_id=shop.merchant_id))
    assert made.status_code == 201, made.text
    clock.advance(1)
    welcome = ask("POST", "", _welcome(hub.context)).json()
    clock.advance(1)
    later = ask("POST", "", _double(hub.context, name="later", **_day(hub.context, begins=3))).json()
    assert (made.json()["version"], made.json()["state"], later["state"]) == (1, "running", "planned")
    first = ask("GET", "?limit=2").json()
    assert [item["promotion_id"] for item in first["items"]] == [
        later["promotion_id"],
        welcome["promotion_id"],
    ]
    [last] = ask("GET", f"?cursor={first['next_cursor']}").json()["items"]
    assert last == made.json()
    factors = hub.context.database.read(running_factors)
    assert {(each.factor, each.merchant_id) for each in factors} == {
        (20_000, shop.merchant_id),
        (20_000, None),
    }
    events = [row for row in rows.rows(audit_events) if row["name"] == "PROMOTION_SET"]
    assert [row["subject_id"] for row in events] == [
        made.json()["promotion_id"],
        welcome["promotion_id"],
        later["promotion_id"],
    ]


def test_a_change_is_the_next_version_and_the_old_one_stays(ask: Ask, hub: Hub, rows: HubRows) -> None:
    made = ask("POST", "", _double(hub.context)).json()
    path = f"/{made['promotion_id']}"
    changed = ask("PUT", path, _double(hub.context, factor=30_000))
    assert (changed.status_code, changed.json()["version"], changed.json()["factor"]) == (200, 2, 30_000)
    assert ask("PUT", path, _double(hub.context, factor=30_000)).json()["version"] == 2
    assert [row["factor"] for row in rows.rows(promotions)] == [20_000, 30_000]
    [factor] = hub.context.database.read(running_factors)
    assert factor.factor == 30_000


def test_a_withdrawn_promotion_is_over_for_good(ask: Ask, hub: Hub, rows: HubRows) -> None:
    made = ask("POST", "", _double(hub.context)).json()
    path = f"/{made['promotion_id']}"
    gone = ask("POST", f"{path}/withdraw").json()
    assert (gone["version"], gone["state"]) == (2, "withdrawn")
    assert ask("POST", f"{path}/withdraw").json() == gone
    assert hub.context.database.read(running_factors) == ()
    refused = ask("PUT", path, _double(hub.context))
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert ask("POST", "", _double(hub.context)).status_code == 201  # its name is free again
    assert len([row for row in rows.rows(audit_events) if row["name"] == "PROMOTION_SET"]) == 3


def test_a_repeated_click_makes_no_second_promotion(ask: Ask, hub: Hub, rows: HubRows) -> None:
    ask("POST", "", _welcome(hub.context))
    refused = ask("POST", "", _welcome(hub.context))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name")
    assert len(rows.rows(promotions)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"factor": 10_000},
        {"factor": 1_000_001},
        {"factor": 1.5},
        {"factor": None},
        {"name": ""},
        {"name": "x" * 49},
        {"name": "a\u0000b"},
        {"starts_at": "2026-11-22"},
        {"starts_at": "2026-11-22T10:00:00"},
        {"starts_at": "soon"},
        {"starts_at": 5},
        {"ends_at": "2026-01-01T00:00:00Z"},
        {"ends_at": "0001-01-01T00:00:00+14:00"},
        {"kind": "gift"},
        {"points": 5},
        {"merchant_id": "x"},
    ],
)
def test_terms_that_mean_nothing_are_refused(
    ask: Ask, hub: Hub, rows: HubRows, change: dict[str, Any]
) -> None:
    refused = ask("POST", "", _double(hub.context, **change))
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert rows.rows(promotions) == []


def test_other_spellings_of_an_instant_are_taken(ask: Ask, hub: Hub) -> None:
    period = {"starts_at": "2026-12-01T08:00:00+08:00", "ends_at": "2026-12-02T00:00:00Z"}
    made = ask("POST", "", _double(hub.context, **period)).json()
    assert (made["starts_at"], made["ends_at"]) == ("2026-12-01T00:00:00.000Z", "2026-12-02T00:00:00.000Z")


def test_a_registration_is_at_no_merchant_and_a_merchant_must_be_there(
    ask: Ask, hub: Hub, rows: HubRows
) -> None:
    refused = ask("POST", "", _welcome(hub.context, merchant_id=rows.shop().merchant_id))
    assert refused.json()["errors"][0]["pointer"] == "/merchant_id"
    nobody = "01a20412-646b-74c2-8ff9-d67d878f88da"
    missing = ask("POST", "", _double(hub.context, merchant_id=nobody))
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")


def test_kind_and_trigger_stay(ask: Ask, hub: Hub) -> None:
    made = ask("POST", "", _welcome(hub.context)).json()
    path = f"/{made['promotion_id']}"
    for other in (_double(hub.context), _welcome(hub.context, trigger="first_charge")):
        refused = ask("PUT", path, other)
        assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("promotion_id", ["x", "01a20412-646b-74c2-8ff9-d67d878f88da"])
def test_a_promotion_that_is_not_there_is_not_found(ask: Ask, hub: Hub, promotion_id: str) -> None:
    assert ask("PUT", f"/{promotion_id}", _double(hub.context)).json()["code"] == "NOT_FOUND"
    assert ask("POST", f"/{promotion_id}/withdraw").json()["code"] == "NOT_FOUND"


@pytest.mark.parametrize("role", [LoginRole.OPERATOR, LoginRole.AUDITOR])
def test_only_who_keeps_loyalty_sets_promotions(
    hub: Hub, client: httpx.Client, rows: HubRows, role: LoginRole
) -> None:
    headers = signed_in_admin(hub.context, role).headers
    assert client.post(PATH, json=_double(hub.context), headers=headers).status_code == 403
    assert client.get(PATH, headers=headers).status_code == 200
    assert client.get(PATH).status_code == 401
    assert rows.rows(promotions) == []
