"""Merchants' API keys: shown once, rotated with an overlap, ended at once, and nobody else's business."""

from collections.abc import Callable
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import select

from hub_server.access import KeyHolder, key_gate, merchant_of_api_key
from hub_server.access.states import LoginRole
from hub_server.access.tables import merchant_api_keys
from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from tests.fakes.clock import ManualClock
from tests.hub.access.people import Shop, audited, bearer, make_person, make_shop, signed_in
from tests.hub.serving import serving

KEYS = "/api/v1/merchant/api-keys"
UNKNOWN = "01a20412-646b-74c2-8ff9-d67d878f88da"


@pytest.fixture
def shop(hub: Hub) -> Shop:
    """A merchant with a store."""
    return make_shop(hub.context)


@pytest.fixture
def headers(client: httpx.Client, hub: Hub, shop: Shop) -> dict[str, str]:
    """The owner's session."""
    return bearer(signed_in(client, make_person(hub.context, LoginRole.OWNER, "owner@shop.example", shop)))


def _make(client: httpx.Client, headers: dict[str, str], **changed: Any) -> httpx.Response:
    body = {"name": "Till", "scopes": ["read", "charge"]} | changed
    return client.post(KEYS, json=body, headers=headers)


@pytest.fixture
def is_good(hub: Hub, run: Callable[..., Any]) -> Callable[[str], bool]:
    """Whether a key opens anything now."""
    return lambda key: run(merchant_of_api_key, key, hub.context.clock.now()) is not None


def test_a_key_is_shown_once_and_kept_as_its_hash(
    client: httpx.Client,
    headers: dict[str, str],
    shop: Shop,
    run: Callable[..., Any],
    is_good: Callable[[str], bool],
) -> None:
    made = _make(client, headers)
    assert made.status_code == 201, made.text
    key = made.json()["key"]
    assert is_good(key)
    listed = client.get(KEYS, headers=headers)
    item = listed.json()["items"][0]
    assert item == {name: value for name, value in made.json().items() if name != "key"}
    assert (item["name"], item["hint"], item["scopes"]) == ("Till", key[-4:], ["charge", "read"])
    assert (item["expires_at"], item["revoked_at"]) == (None, None)
    kept = run(lambda c: repr(c.execute(select(merchant_api_keys)).all()))
    assert key not in listed.text + kept
    assert audited(run, "API_KEY") == [("API_KEY", "merchant", shop.merchant_id)]


def test_a_key_may_what_its_scopes_say(
    client: httpx.Client, headers: dict[str, str], hub: Hub, shop: Shop
) -> None:
    key = _make(client, headers, scopes=["read"]).json()["key"]
    app = FastAPI(exception_handlers=dict(hub.app.exception_handlers))

    @app.get("/reads")
    def reads(holder: Annotated[KeyHolder, Depends(key_gate(hub.context, "read"))]) -> str:
        return holder.merchant_id

    @app.get("/charges")
    def charges(holder: Annotated[KeyHolder, Depends(key_gate(hub.context, "charge"))]) -> str:
        return holder.merchant_id

    with serving(app) as url, httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as till:
        assert till.get("/reads").json() == shop.merchant_id
        assert (till.get("/charges").status_code, till.get("/charges").json()["code"]) == (403, "FORBIDDEN")


def test_a_replaced_key_lives_on_for_a_while(
    client: httpx.Client,
    headers: dict[str, str],
    settings: Settings,
    clock: ManualClock,
    is_good: Callable[[str], bool],
    run: Callable[..., Any],
) -> None:
    old = _make(client, headers).json()
    new = _make(client, headers, replaces=old["id"]).json()
    clock.advance(settings.api_key_overlap_s * 1_000 - 1)
    assert (is_good(old["key"]), is_good(new["key"])) == (True, True)
    clock.advance(1)
    assert (is_good(old["key"]), is_good(new["key"])) == (False, True)
    # The owner's session is over by now; what a dead key is asked for is asked in the database.
    ends = run(lambda c: c.execute(select(merchant_api_keys.c.expires_at)).scalars().all())
    assert sorted(ends, key=str) == [clock.now(), None]


def test_replacing_twice_gives_the_old_key_no_more_time(
    client: httpx.Client, headers: dict[str, str], clock: ManualClock
) -> None:
    old = _make(client, headers).json()
    _make(client, headers, replaces=old["id"])
    first = _listed(client, headers, old["id"])["expires_at"]
    clock.advance(60_000)
    assert _make(client, headers, replaces=old["id"]).status_code == 201
    assert _listed(client, headers, old["id"])["expires_at"] == first


def test_a_revoked_key_is_dead_at_once(
    client: httpx.Client, headers: dict[str, str], is_good: Callable[[str], bool], run: Callable[..., Any]
) -> None:
    made = _make(client, headers).json()
    assert client.delete(f"{KEYS}/{made['id']}", headers=headers).status_code == 204
    assert not is_good(made["key"])
    assert _listed(client, headers, made["id"])["revoked_at"] is not None
    assert client.delete(f"{KEYS}/{made['id']}", headers=headers).status_code == 404
    assert _make(client, headers, replaces=made["id"]).status_code == 404
    assert len(audited(run, "API_KEY_REVOKED")) == 1


def test_another_merchants_key_is_like_one_that_is_not_there(
    client: httpx.Client, headers: dict[str, str], hub: Hub, is_good: Callable[[str], bool]
) -> None:
    other = make_person(hub.context, LoginRole.OWNER, "owner@other.example", make_shop(hub.context, "別家"))
    theirs = _make(client, bearer(signed_in(client, other))).json()
    told = []
    for key_id in (theirs["id"], UNKNOWN, "x"):
        gone = client.delete(f"{KEYS}/{key_id}", headers=headers)
        told.append(gone.json() | {"instance": "", "request_id": ""})
    assert told == [told[0]] * 3
    assert told[0]["code"] == "NOT_FOUND"
    replaced = [_make(client, headers, replaces=key_id) for key_id in (theirs["id"], UNKNOWN)]
    assert [answer.json()["code"] for answer in replaced] == ["NOT_FOUND"] * 2
    assert is_good(theirs["key"])
    assert client.get(KEYS, headers=headers).json()["items"] == []


def test_a_manager_and_an_admin_have_no_keys(client: httpx.Client, hub: Hub, shop: Shop) -> None:
    manager = make_person(hub.context, LoginRole.MANAGER, "manager@shop.example", shop)
    admin = make_person(hub.context, LoginRole.SUPERADMIN, "admin@hub.example")
    assert _make(client, bearer(signed_in(client, manager))).status_code == 403
    assert _make(client, bearer(signed_in(client, admin))).status_code == 401
    assert _make(client, {}).status_code == 401


@pytest.mark.parametrize(
    "changed",
    [{"scopes": []}, {"scopes": ["admin"]}, {"scopes": "read"}, {"name": ""}, {"replaces": "x"}, {"more": 1}],
)
def test_rubbish_makes_no_key(client: httpx.Client, headers: dict[str, str], changed: dict[str, Any]) -> None:
    assert _make(client, headers, **changed).json()["code"] == "INVALID_REQUEST"
    assert client.get(KEYS, headers=headers).json()["items"] == []


def _listed(client: httpx.Client, headers: dict[str, str], key_id: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = client.get(KEYS, headers=headers).json()["items"]
    return next(item for item in items if item["id"] == key_id)
