"""Logins of others: made with a password shown once, disabled at once, and somebody always left who lets others in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from hub_server.access.states import LoginRole
from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from tests.hub.access.people import (
    PASSWORD,
    Person,
    Shop,
    audited,
    bearer,
    make_person,
    make_shop,
    signed_in,
    try_in,
)

LOGINS = "/api/v1/admin/logins"
UNKNOWN = "01a20412-646b-74c2-8ff9-d67d878f88da"


@pytest.fixture
def superadmin(hub: Hub) -> Person:
    """Who may do all this."""
    return make_person(hub.context, LoginRole.SUPERADMIN, "super@hub.example")


@pytest.fixture
def headers(client: httpx.Client, superadmin: Person) -> dict[str, str]:
    """The superadmin's session."""
    return bearer(signed_in(client, superadmin))


@pytest.fixture
def shop(hub: Hub) -> Shop:
    """A merchant with a store."""
    return make_shop(hub.context)


def _wanted(shop: Shop, **changed: Any) -> dict[str, Any]:
    made = {
        "email": "New@Hub.Example",
        "name": "新人",
        "kind": "merchant",
        "role": "manager",
        "merchant_id": shop.merchant_id,
        "store_id": shop.store_id,
    }
    return {name: value for name, value in (made | changed).items() if value is not None}


ADMIN = {"kind": "admin", "role": "finance", "merchant_id": None, "store_id": None}


@pytest.mark.parametrize("changed", [{}, {"role": "owner", "store_id": None}, ADMIN])
def test_a_new_login_signs_in_with_the_password_that_was_shown(
    client: httpx.Client,
    headers: dict[str, str],
    superadmin: Person,
    shop: Shop,
    run: Callable[..., Any],
    changed: dict[str, Any],
) -> None:
    made = client.post(LOGINS, json=_wanted(shop, **changed), headers=headers)
    assert made.status_code == 201, made.text
    login = made.json()["login"]
    assert (login["email"], login["status"], login["has_totp"]) == ("new@hub.example", "active", False)
    assert try_in(client, "new@hub.example", made.json()["initial_password"]).status_code == 200
    listed = client.get(LOGINS, headers=headers)
    assert {item["id"] for item in listed.json()["items"]} == {login["id"], superadmin.id}
    assert "password" not in listed.text
    assert audited(run, "LOGIN_CREATED")[-1] == ("LOGIN_CREATED", "admin", login["id"])


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"role": "auditor"}, "/role"),
        ({"kind": "admin", "role": "owner"}, "/role"),
        ({"kind": "admin", "role": "auditor"}, "/merchant_id"),
        ({"merchant_id": None}, "/merchant_id"),
        ({"merchant_id": UNKNOWN}, "/merchant_id"),
        ({"store_id": None}, "/store_id"),
        ({"store_id": UNKNOWN}, "/store_id"),
        ({"role": "owner"}, "/store_id"),
        ({"email": "no address"}, "/email"),
        ({"email": "SUPER@hub.example"}, "/email"),
        ({"name": ""}, "/name"),
        ({"kind": "member"}, "/kind"),
        ({"merchant_id": "x"}, "/merchant_id"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field_and_nothing_is_made(
    client: httpx.Client, headers: dict[str, str], shop: Shop, changed: dict[str, Any], pointer: str
) -> None:
    refused = client.post(LOGINS, json=_wanted(shop, **changed), headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert len(client.get(LOGINS, headers=headers).json()["items"]) == 1


def test_a_store_of_another_merchant_is_none_of_this_ones(
    client: httpx.Client, headers: dict[str, str], hub: Hub, shop: Shop
) -> None:
    other = make_shop(hub.context, "別家")
    refused = client.post(LOGINS, json=_wanted(shop, store_id=other.store_id), headers=headers)
    assert refused.json()["errors"][0]["pointer"] == "/store_id"


def test_disabling_ends_every_session_at_once_and_enabling_lets_in_again(
    client: httpx.Client, headers: dict[str, str], hub: Hub, run: Callable[..., Any]
) -> None:
    auditor = make_person(hub.context, LoginRole.SUPERADMIN, "other@hub.example")
    tokens = signed_in(client, auditor)
    disabled = client.post(f"{LOGINS}/{auditor.id}/disable", headers=headers)
    assert (disabled.status_code, disabled.json()["status"]) == (200, "disabled")
    assert client.post(f"{LOGINS}/{auditor.id}/disable", headers=headers).status_code == 200
    assert client.get(LOGINS, headers=bearer(tokens)).status_code == 401
    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post("/api/v1/auth/refresh", json=refresh).status_code == 401
    assert try_in(client, auditor.email).status_code == 401
    enabled = client.post(f"{LOGINS}/{auditor.id}/enable", headers=headers)
    assert enabled.json()["status"] == "active"
    assert client.get(LOGINS, headers=bearer(tokens)).status_code == 401, "what was ended stays ended"
    assert try_in(client, auditor.email).status_code == 200
    names = [event[0] for event in audited(run, "LOGIN_DISABLED", "LOGIN_ENABLED")]
    assert names == ["LOGIN_DISABLED", "LOGIN_ENABLED"]


@pytest.mark.parametrize("deed", ["disable", "reset-password"])
def test_nobody_disables_or_resets_the_own_login(
    client: httpx.Client, headers: dict[str, str], superadmin: Person, deed: str
) -> None:
    refused = client.post(f"{LOGINS}/{superadmin.id}/{deed}", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")


def test_two_superadmins_who_disable_each_other_leave_one(
    client: httpx.Client, headers: dict[str, str], hub: Hub, superadmin: Person
) -> None:
    other = make_person(hub.context, LoginRole.SUPERADMIN, "other@hub.example")
    theirs = bearer(signed_in(client, other))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.post, f"{LOGINS}/{other.id}/disable", headers=headers)
        second = pool.submit(client.post, f"{LOGINS}/{superadmin.id}/disable", headers=theirs)
        statuses = sorted([first.result().status_code, second.result().status_code])
    assert statuses in ([200, 401], [200, 403])
    left = [try_in(client, person.email).status_code for person in (superadmin, other)]
    assert sorted(left) == [200, 401]


def test_a_new_password_takes_the_second_factor_off_and_unlocks(
    client: httpx.Client, headers: dict[str, str], hub: Hub, settings: Settings, run: Callable[..., Any]
) -> None:
    auditor = make_person(hub.context, LoginRole.AUDITOR, "auditor@hub.example")
    tokens = signed_in(client, auditor, address="198.51.100.9")
    client.post("/api/v1/admin/me/totp", json={"password": PASSWORD}, headers=bearer(tokens))
    for _ in range(settings.login_tries):
        try_in(client, auditor.email, "not the password")
        try_in(client, auditor.email, "not the password", address="198.51.100.9")
    listed = client.get(LOGINS, headers=headers).json()["items"]
    assert next(item for item in listed if item["id"] == auditor.id)["locked_until"] is not None
    reset = client.post(f"{LOGINS}/{auditor.id}/reset-password", headers=headers)
    assert (reset.status_code, reset.json()["login"]["locked_until"]) == (200, None)
    assert client.get("/api/v1/admin/audit", headers=bearer(tokens)).status_code in {401, 404}
    assert try_in(client, auditor.email, PASSWORD).status_code == 401
    for address in ("", "198.51.100.9"):
        entered = try_in(client, auditor.email, reset.json()["initial_password"], address=address)
        assert entered.status_code == 200
    assert audited(run, "PASSWORD_CHANGED") == [("PASSWORD_CHANGED", "admin", auditor.id)]


@pytest.mark.parametrize("deed", ["disable", "enable", "reset-password"])
@pytest.mark.parametrize("login_id", [UNKNOWN, "x", "'; --"])
def test_unknown_ids_are_refused_alike(
    client: httpx.Client, headers: dict[str, str], deed: str, login_id: str
) -> None:
    refused = client.post(f"{LOGINS}/{login_id}/{deed}", headers=headers)
    assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (404, "NOT_FOUND", "")


@pytest.mark.parametrize("role", [LoginRole.OPERATOR, LoginRole.FINANCE, LoginRole.AUDITOR])
def test_other_roles_may_not(client: httpx.Client, hub: Hub, role: LoginRole) -> None:
    person = make_person(hub.context, role, "some@hub.example")
    theirs = bearer(signed_in(client, person))
    asked = [
        client.get(LOGINS, headers=theirs),
        client.post(LOGINS, json=_wanted(Shop(UNKNOWN, UNKNOWN)), headers=theirs),
        *[
            client.post(f"{LOGINS}/{person.id}/{deed}", headers=theirs)
            for deed in ("disable", "enable", "reset-password")
        ],
    ]
    assert {answer.status_code for answer in asked} == {403}


def test_the_list_is_paged(client: httpx.Client, headers: dict[str, str], hub: Hub) -> None:
    for number in range(5):
        make_person(hub.context, LoginRole.AUDITOR, f"auditor{number}@hub.example")
    seen, cursor = [], None
    for _ in range(4):
        parameters = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = client.get(LOGINS, params=parameters, headers=headers).json()
        seen += [item["email"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted([f"auditor{n}@hub.example" for n in range(5)] + ["super@hub.example"])
    assert client.get(LOGINS, params={"cursor": "x"}, headers=headers).status_code == 422
