"""Who stands at a merchant's terminals as what, and who says so."""

from collections.abc import Callable
from typing import Any

import bcrypt
import pytest

from hub_server.staff.tables import posts, staff
from shared.ids import IdSource
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock
from tests.hub.merchant_api.conftest import Ask, Tenant, Told


def _new(store_id: str, role: str = "cashier", **changed: Any) -> dict[str, Any]:
    return {"name": "王小美", "pin": "246810", "store_id": store_id, "role": role, **changed}


def test_somebody_is_taken_on_with_a_pin_that_is_never_shown_again(
    ask: Ask, own: Tenant, rows: HubRows, audited: Callable[[], list[str]], told: Told
) -> None:
    answer = ask("POST", "staff", _new(own.shop.store_id, "store_manager"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [(post["store_id"], post["role"]) for post in made["posts"]] == [
        (own.shop.store_id, "store_manager")
    ]
    kept = rows.one(staff, id=made["id"])["pin_hash"]
    assert bcrypt.checkpw(b"246810", kept.encode("ascii"))
    listed = ask("GET", "staff")
    assert listed.json()["items"] == [made]
    assert "246810" not in answer.text + listed.text
    assert kept not in answer.text + listed.text
    assert audited() == ["STAFF_CREATED", "STAFF_POSTED"]
    (news,) = told()
    assert [person["id"] for person in news["data"]["staff"]] == [made["id"]]


def test_a_post_is_changed_and_ended_and_the_store_is_told_each_time(
    ask: Ask, own: Tenant, second_store: str, rows: HubRows, clock: ManualClock, told: Told
) -> None:
    made = ask("POST", "staff", _new(own.shop.store_id)).json()
    clock.advance(1_000)
    path = f"staff/{made['id']}/posts"
    promoted = ask("POST", path, {"store_id": own.shop.store_id, "role": "store_manager"}).json()
    assert [post["role"] for post in promoted["posts"]] == ["store_manager"]
    clock.advance(1_000)
    both = ask("POST", path, {"store_id": second_store, "role": "cashier"}).json()
    assert [post["store_id"] for post in both["posts"]] == [own.shop.store_id, second_store]
    for _ in range(2):
        ended = ask("DELETE", f"{path}/{own.shop.store_id}")
        assert ended.status_code == 200
        assert [post["store_id"] for post in ended.json()["posts"]] == [second_store]
    assert len(told()) == 4
    assert len(rows.rows(posts)) == 3


def test_a_manager_keeps_cashiers_of_one_store_and_no_manager(
    ask: Ask, own: Tenant, second_store: str, rows: HubRows
) -> None:
    by = own.manager.headers
    boss = ask("POST", "staff", _new(own.shop.store_id, "store_manager")).json()
    elsewhere = ask("POST", "staff", _new(second_store)).json()
    hired = ask("POST", "staff", _new(own.shop.store_id), headers=by)
    assert hired.status_code == 201
    cashier = hired.json()
    seen = ask("GET", "staff", headers=by).json()["items"]
    assert {person["id"] for person in seen} == {boss["id"], cashier["id"]}
    as_manager = {"store_id": own.shop.store_id, "role": "store_manager"}
    as_cashier = {"store_id": own.shop.store_id, "role": "cashier"}
    for method, path, body, status in (
        ("POST", "staff", _new(own.shop.store_id, "store_manager"), 403),
        ("POST", f"staff/{cashier['id']}/posts", as_manager, 403),
        ("POST", f"staff/{boss['id']}/posts", as_cashier, 403),
        ("DELETE", f"staff/{boss['id']}/posts/{own.shop.store_id}", None, 403),
        ("POST", "staff", _new(second_store), 404),
        ("POST", f"staff/{cashier['id']}/posts", {**as_cashier, "store_id": second_store}, 404),
        ("POST", f"staff/{elsewhere['id']}/posts", as_cashier, 404),
        ("DELETE", f"staff/{elsewhere['id']}/posts/{second_store}", None, 404),
    ):
        assert ask(method, path, body, headers=by).status_code == status
    assert len(rows.rows(posts)) == 3
    gone = ask("DELETE", f"staff/{cashier['id']}/posts/{own.shop.store_id}", headers=by)
    assert (gone.status_code, gone.json()["posts"]) == (200, [])


def test_anothers_people_are_as_unknown_as_nobody(
    ask: Ask, own: Tenant, other: Tenant, rows: HubRows, clock: ManualClock
) -> None:
    theirs = rows.cashier(other.shop)
    mine = ask("POST", "staff", _new(own.shop.store_id)).json()
    post = {"store_id": own.shop.store_id, "role": "cashier"}
    for headers in (own.owner.headers, own.manager.headers):
        for person in (theirs, IdSource(clock).new(), "1"):
            for answer in (
                ask("POST", f"staff/{person}/posts", post, headers=headers),
                ask("DELETE", f"staff/{person}/posts/{own.shop.store_id}", headers=headers),
            ):
                assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)
        for store in (other.shop.store_id, IdSource(clock).new(), "1"):
            ended = ask("DELETE", f"staff/{mine['id']}/posts/{store}", headers=headers)
            assert ended.status_code == 404
        taken = ask("POST", "staff", _new(other.shop.store_id), headers=headers)
        assert (taken.status_code, taken.json()["code"]) == (404, Code.NOT_FOUND.value)
    assert [person["id"] for person in ask("GET", "staff").json()["items"]] == [mine["id"]]
    assert len(rows.rows(posts)) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"pin": "123"}, {"pin": "12345678901"}, {"pin": "12a4"}, {"role": "owner"}, {"name": ""}, {"pin": 1234}],
)
def test_nobody_is_taken_on_by_halves(ask: Ask, own: Tenant, rows: HubRows, wrong: dict[str, Any]) -> None:
    answer = ask("POST", "staff", _new(own.shop.store_id, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert rows.rows(staff) == []


def test_the_list_is_paged(ask: Ask, own: Tenant, clock: ManualClock) -> None:
    made = []
    for _ in range(3):
        clock.advance(1)
        made.append(ask("POST", "staff", _new(own.shop.store_id)).json()["id"])
    first = ask("GET", "staff", limit=2).json()
    clock.advance(1)
    made.append(ask("POST", "staff", _new(own.shop.store_id)).json()["id"])
    rest = ask("GET", "staff", limit=2, cursor=first["next_cursor"]).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    assert rest["next_cursor"] is None


def test_a_pin_is_changed_and_every_store_of_the_person_is_told(
    ask: Ask, own: Tenant, second_store: str, rows: HubRows, audited: Callable[[], list[str]], told: Told
) -> None:
    made = ask("POST", "staff", _new(own.shop.store_id)).json()
    ask("POST", f"staff/{made['id']}/posts", {"store_id": second_store, "role": "cashier"})
    before = len(told())
    answer = ask("PUT", f"staff/{made['id']}/pin", {"pin": "97531"})
    assert answer.status_code == 200, answer.text
    assert "97531" not in answer.text
    kept = rows.one(staff, id=made["id"])["pin_hash"]
    assert bcrypt.checkpw(b"97531", kept.encode("ascii"))
    news = told()[before:]
    assert {each["store_id"] for each in news} == {own.shop.store_id, second_store}
    assert all(person["pin_hash"] == kept for each in news for person in each["data"]["staff"])
    assert audited()[-1] == "STAFF_PIN_CHANGED"


def test_a_manager_changes_pins_of_own_cashiers_alone(ask: Ask, own: Tenant, second_store: str) -> None:
    by, pin = own.manager.headers, {"pin": "97531"}
    cashier = ask("POST", "staff", _new(own.shop.store_id)).json()
    boss = ask("POST", "staff", _new(own.shop.store_id, "store_manager")).json()
    elsewhere = ask("POST", "staff", _new(second_store)).json()
    assert ask("PUT", f"staff/{cashier['id']}/pin", pin, headers=by).status_code == 200
    assert ask("PUT", f"staff/{boss['id']}/pin", pin, headers=by).status_code == 403
    assert ask("PUT", f"staff/{elsewhere['id']}/pin", pin, headers=by).status_code == 404
    ask("POST", f"staff/{cashier['id']}/posts", {"store_id": second_store, "role": "cashier"})
    assert ask("PUT", f"staff/{cashier['id']}/pin", pin, headers=by).status_code == 403
