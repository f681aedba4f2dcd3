"""A merchant's own stores and terminals."""

from collections.abc import Callable

import httpx
import pytest

from hub_server.foundation.context import Context
from hub_server.merchants.tables import stores
from hub_server.terminals.tables import terminals
from shared.ids import IdSource
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import key_headers, signed_in_admin
from tests.fakes.clock import ManualClock
from tests.hub.ground.shop import enrol
from tests.hub.merchant_api.conftest import Ask, Tenant


def test_an_owner_opens_stores_and_a_manager_sees_one(
    ask: Ask, own: Tenant, other: Tenant, second_store: str, audited: Callable[[], list[str]]
) -> None:
    items = ask("GET", "stores").json()["items"]
    assert [item["id"] for item in items] == [own.shop.store_id, second_store]
    assert (items[1]["time_zone"], items[1]["day_starts_at"]) == ("Asia/Tokyo", 0)
    by_manager = ask("GET", "stores", headers=own.manager.headers).json()
    assert [item["id"] for item in by_manager["items"]] == [own.shop.store_id]
    refused = ask("POST", "stores", {"name": "三店"}, headers=own.manager.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, Code.FORBIDDEN.value)
    assert audited() == ["STORE_CREATED"]


def test_stores_are_paged_in_the_order_in_which_they_opened(
    ask: Ask, own: Tenant, clock: ManualClock
) -> None:
    for number in range(3):
        clock.advance(1)
        ask("POST", "stores", {"name": f"店{number}"})
    first = ask("GET", "stores", limit=2).json()
    clock.advance(1)
    ask("POST", "stores", {"name": "晚到的店"})
    rest = ask("GET", "stores", limit=9, cursor=first["next_cursor"]).json()
    names = [item["name"] for item in first["items"] + rest["items"]]
    assert (names, rest["next_cursor"]) == (["中正店", "店0", "店1", "店2", "晚到的店"], None)
    assert ask("GET", "stores", cursor="!").status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [{"time_zone": "../etc"}, {"time_zone": "x"}, {"day_starts_at": 24}, {"name": "\x1b"}, {"id": "1"}],
)
def test_a_store_that_could_not_keep_its_days_is_refused(
    ask: Ask, rows: HubRows, wrong: dict[str, object]
) -> None:
    answer = ask("POST", "stores", {"name": "新店"} | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert len(rows.rows(stores)) == 1


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_a_terminal_is_made_and_enrols_by_its_code(
    ask: Ask, own: Tenant, client: httpx.Client, audited: Callable[[], list[str]], who: str
) -> None:
    headers = getattr(own, who).headers
    answer = ask("POST", "terminals", {"store_id": own.shop.store_id, "name": "櫃台"}, headers=headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["enrolment_qr"].endswith(f"#{made['enrolment_code']}")
    assert enrol(client, made["enrolment_code"], Ed25519Signer.generate()).status_code == 201
    (seen,) = ask("GET", "terminals", headers=headers).json()["items"]
    assert (seen["terminal_id"], seen["status"]) == (made["terminal_id"], "active")
    assert "TERMINAL_CREATED" in audited()


def test_anothers_stores_and_terminals_are_as_unknown_as_nobodys(
    ask: Ask, own: Tenant, other: Tenant, rows: HubRows, second_store: str, clock: ManualClock
) -> None:
    rows.terminal(other.shop)
    mine = rows.terminal(own.shop)
    nobodys = IdSource(clock).new()
    for headers, stores_unknown in (
        (own.owner.headers, (other.shop.store_id, nobodys)),
        (own.manager.headers, (other.shop.store_id, nobodys, second_store)),
    ):
        for store_id in stores_unknown:
            asked = ask("GET", "terminals", headers=headers, store_id=store_id)
            made = ask("POST", "terminals", {"store_id": store_id, "name": "x"}, headers=headers)
            for answer in (asked, made):
                assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)
        items = ask("GET", "terminals", headers=headers).json()["items"]
        assert [item["terminal_id"] for item in items] == [mine.terminal_id]
    assert len(rows.rows(terminals)) == 2


@pytest.mark.parametrize("path", ["stores", "terminals", "staff"])
def test_nobody_else_is_answered(ask: Ask, own: Tenant, hub_context: Context, path: str) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        signed_in_admin(hub_context).headers,
        key_headers(hub_context, own.shop.merchant_id),
    ):
        for method, body in (("GET", None), ("POST", {})):
            answer = ask(method, path, body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, Code.UNAUTHENTICATED.value)
