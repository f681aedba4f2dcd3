"""Merchants as the hub's admins keep them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest

from hub_server.access import LoginRole
from hub_server.access.tables import logins
from hub_server.merchants.tables import merchant_status_changes, merchants, policies, stores
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn
from tests.hub.admin_api.conftest import Ask, Told

NEW = {
    "name": "鼎泰小館",
    "store": {"name": "信義店", "address": "台北市信義區2號"},
    "owner": {"email": "Owner@Example.test", "name": "陳老闆"},
}


def test_a_merchant_is_made_with_a_store_and_an_owner_who_can_sign_in(
    ask: Ask, rows: HubRows, audited: Callable[[], list[str]]
) -> None:
    answer = ask("POST", "merchants", NEW)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["merchant"]["name"], made["merchant"]["status"]) == ("鼎泰小館", "active")
    assert made["merchant"]["code"].startswith("M")
    assert (made["store"]["time_zone"], made["store"]["day_starts_at"]) == ("Asia/Taipei", 4)
    login = rows.one(logins, id=made["owner"]["id"])
    assert (login["email"], login["role"], login["merchant_id"]) == (
        "owner@example.test",
        "owner",
        made["merchant"]["id"],
    )
    shown = made["owner"]["initial_password"]
    assert bcrypt.checkpw(shown.encode("ascii"), login["password_hash"].encode("ascii"))
    assert [n for n in audited() if n != "SIGN_IN"] == ["MERCHANT_CREATED", "STORE_CREATED", "LOGIN_CREATED"]
    assert rows.one(policies, merchant_id=made["merchant"]["id"])["version"] == 1
    seen = ask("GET", f"merchants/{made['merchant']['id']}").json()
    assert (seen["code"], seen["stores"]) == (made["merchant"]["code"], [made["store"]])


@pytest.mark.parametrize(
    ("part", "member", "value", "pointer"),
    [
        ("store", "time_zone", "Mars/Olympus", "/store/time_zone"),
        ("store", "day_starts_at", 24, "/store/day_starts_at"),
        ("store", "name", "", "/store/name"),
        ("store", "name", "店\x1b@", "/store/name"),
        ("owner", "email", "nobody", "/owner/email"),
        ("owner", "role", "owner", "/owner/role"),
    ],
)
def test_nothing_is_made_of_what_is_wrong(
    ask: Ask, rows: HubRows, part: str, member: str, value: object, pointer: str
) -> None:
    wrong = NEW | {part: {**NEW[part], member: value}}  # type: ignore[dict-item]
    answer = ask("POST", "merchants", wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert [field["pointer"] for field in answer.json()["errors"]] == [pointer]
    assert (rows.rows(merchants), rows.rows(stores)) == ([], [])


def test_two_merchants_cannot_have_owners_of_one_address(ask: Ask, rows: HubRows) -> None:
    assert ask("POST", "merchants", NEW).status_code == 201
    again = ask("POST", "merchants", NEW)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (422, "/owner/email")
    assert len(rows.rows(merchants)) == 1


def test_a_new_name_is_told_to_terminals_once(
    ask: Ask, rows: HubRows, audited: Callable[[], list[str]], told: Told
) -> None:
    shop = rows.shop()
    for _ in range(2):
        answer = ask("PATCH", f"merchants/{shop.merchant_id}", {"name": "新永和"})
        assert (answer.status_code, answer.json()["name"]) == (200, "新永和")
    assert audited() == ["MERCHANT_CHANGED"]
    (news,) = told()
    assert (news["kind"], news["merchant_id"]) == ("merchant", shop.merchant_id)
    assert news["data"]["merchant"]["name"] == "新永和"


def test_suspending_and_resuming_are_told_once_each(
    ask: Ask, rows: HubRows, audited: Callable[[], list[str]], told: Told
) -> None:
    shop = rows.shop()
    for verb, status in (("suspend", "suspended"), ("resume", "active")):
        for _ in range(2):
            answer = ask("POST", f"merchants/{shop.merchant_id}/{verb}", {"reason": "文件過期"})
            assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert audited() == ["MERCHANT_SUSPENDED", "MERCHANT_RESUMED"]
    assert [row["reason"] for row in rows.rows(merchant_status_changes)] == ["文件過期"] * 2
    assert len(told()) == 2


def test_a_new_name_while_it_is_suspended_leaves_terminals_with_the_truth(
    ask: Ask, rows: HubRows, told: Told
) -> None:
    shop = rows.shop()
    path = f"merchants/{shop.merchant_id}"
    asks = [("PATCH", path, {"name": f"名{n}"}) for n in range(3)] + [
        ("POST", f"{path}/{verb}", {"reason": "x"}) for verb in ("suspend", "resume", "suspend")
    ]
    with ThreadPoolExecutor(len(asks)) as pool:
        answers = list(pool.map(lambda each: ask(*each), asks))
    assert {answer.status_code for answer in answers} == {200}
    now = ask("GET", path).json()
    last = told()[-1]["data"]["merchant"]
    assert (last["name"], last["status"]) == (now["name"], now["status"])


def test_the_list_is_paged_in_the_order_of_codes(ask: Ask) -> None:
    made = []
    for number in range(5):
        owner = {"email": f"owner{number}@example.test", "name": "負責人"}
        made.append(ask("POST", "merchants", NEW | {"owner": owner}).json()["merchant"]["id"])
    first = ask("GET", "merchants", limit=2).json()
    late = ask("POST", "merchants", NEW).json()["merchant"]["id"]
    rest = ask("GET", "merchants", limit=10, cursor=first["next_cursor"]).json()
    seen = [item["id"] for item in first["items"] + rest["items"]]
    assert (seen, rest["next_cursor"]) == ([*made, late], None)
    ask("POST", f"merchants/{made[0]}/suspend", {"reason": "x"})
    assert [item["id"] for item in ask("GET", "merchants", status="suspended").json()["items"]] == made[:1]
    assert ask("GET", "merchants", cursor="!").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "merchants/{id}", None),
        ("PATCH", "merchants/{id}", {"name": "x"}),
        ("POST", "merchants/{id}/suspend", {"reason": "x"}),
        ("POST", "merchants/{id}/resume", {"reason": "x"}),
    ],
)
def test_an_unknown_merchant_is_not_found(
    ask: Ask, nobodys: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    for wrong in (nobodys, "M000001", "0" * 36):
        answer = ask(method, path.format(id=wrong), body)
        assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)


@pytest.mark.parametrize("role", [LoginRole.FINANCE, LoginRole.AUDITOR])
def test_reading_does_not_change(
    ask: Ask, rows: HubRows, by_role: Callable[[LoginRole], SignedIn], role: LoginRole
) -> None:
    shop, reader = rows.shop(), by_role(role)
    assert ask("GET", f"merchants/{shop.merchant_id}", by=reader).status_code == 200
    for method, path, body in (
        ("POST", "merchants", NEW),
        ("PATCH", f"merchants/{shop.merchant_id}", {"name": "x"}),
        ("POST", f"merchants/{shop.merchant_id}/suspend", {"reason": "x"}),
    ):
        answer = ask(method, path, body, by=reader)
        assert (answer.status_code, answer.json()["code"]) == (403, Code.FORBIDDEN.value)
    assert rows.one(merchants)["status"] == "active"
