"""Refresh tokens: each opens one session, a used one that comes again ends all that came from its sign-in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub_server.access import SessionKind, revoke_sessions
from hub_server.access.states import LoginRole
from hub_server.access.tables import logins
from hub_server.bootstrap import Hub
from hub_server.members.tables import members
from hub_server.settings import Settings
from tests.builders.people import prove, sign_up
from tests.fakes.clock import ManualClock
from tests.hub.access.people import audited, bearer, make_person, make_shop, signed_in

SignIn = Callable[[], dict[str, Any]]
READS = {"admin": "/api/v1/admin/logins", "merchant": "/api/v1/merchant/api-keys", "member": "/api/v1/me"}
MINUTE_MS = 60_000


@pytest.fixture(params=READS)
def kind(request: pytest.FixtureRequest) -> str:
    """Whose sessions: those of all three have families."""
    return str(request.param)


@pytest.fixture
def sign_in(client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock, kind: str) -> SignIn:
    """Signs the same person in, once or more."""
    if kind == "member":
        sign_up(client, settings)

        def as_member() -> dict[str, Any]:
            clock.advance(MINUTE_MS)
            return prove(client, settings, "0912345678")

        return as_member
    shop = make_shop(hub.context) if kind == "merchant" else None
    role = LoginRole.SUPERADMIN if shop is None else LoginRole.OWNER
    person = make_person(hub.context, role, "someone@hub.example", shop)
    return lambda: signed_in(client, person)


def _refresh(client: httpx.Client, tokens: dict[str, Any]) -> httpx.Response:
    return client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})


def _status(client: httpx.Client, kind: str, tokens: dict[str, Any]) -> int:
    return client.get(READS[kind], headers=bearer(tokens)).status_code


def _subject(kind: str, run: Callable[..., Any]) -> str:
    table = members if kind == "member" else logins
    return str(run(lambda c: c.execute(select(table.c.id)).scalar_one()))


def test_a_refresh_token_opens_the_next_session(client: httpx.Client, kind: str, sign_in: SignIn) -> None:
    first = sign_in()
    second = _refresh(client, first).json()
    third = _refresh(client, second).json()
    assert second.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert len({tokens["refresh_token"] for tokens in (first, second, third)}) == 3
    assert len({tokens["access_token"] for tokens in (first, second, third)}) == 3
    assert _status(client, kind, third) == 200


def test_one_that_comes_again_ends_its_whole_family_and_no_other(
    client: httpx.Client, kind: str, sign_in: SignIn, run: Callable[..., Any]
) -> None:
    stolen, elsewhere = sign_in(), sign_in()
    thiefs = _refresh(client, stolen).json()
    caught = _refresh(client, stolen)
    assert (caught.status_code, caught.json()["code"]) == (401, "UNAUTHENTICATED")
    assert [_status(client, kind, tokens) for tokens in (stolen, thiefs)] == [401, 401]
    assert _refresh(client, thiefs).status_code == 401
    assert _status(client, kind, elsewhere) == 200
    assert _refresh(client, elsewhere).status_code == 200
    told = audited(run, "SESSIONS_REVOKED")
    assert [event[1] for event in told] == [kind], "once, however often it comes"


def test_of_many_at_the_same_moment_one_wins_and_the_rest_end_the_family(
    client: httpx.Client, kind: str, sign_in: SignIn, run: Callable[..., Any]
) -> None:
    tokens = sign_in()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _refresh(client, tokens), range(8)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    assert _status(client, kind, won[0]) == 401, "a copy was about: nobody can tell whose was the copy"
    assert len(audited(run, "SESSIONS_REVOKED")) == 1


def test_a_family_ends_at_its_time_however_often_it_was_refreshed(
    client: httpx.Client, kind: str, sign_in: SignIn, settings: Settings, clock: ManualClock
) -> None:
    is_member = kind == "member"
    life_s = settings.member_refresh_ttl_s if is_member else settings.login_refresh_ttl_s
    tokens = sign_in()
    for _ in range(3):
        clock.advance(life_s * 250)
        tokens = _refresh(client, tokens).json()
    clock.advance(life_s * 250 - 10_000)
    last = _refresh(client, tokens).json()
    assert last["expires_in"] == 10, "a session is not longer than its family"
    assert _status(client, kind, last) == 200
    clock.advance(10_000)
    assert _status(client, kind, last) == 401
    assert _refresh(client, last).status_code == 401


def test_signing_out_ends_the_refresh_token_too(
    client: httpx.Client, kind: str, sign_in: SignIn, run: Callable[..., Any]
) -> None:
    first, elsewhere = sign_in(), sign_in()
    second = _refresh(client, first).json()
    assert client.post("/api/v1/auth/logout", headers=bearer(second)).status_code == 204
    assert client.post("/api/v1/auth/logout", headers=bearer(second)).status_code == 401
    assert [_status(client, kind, tokens) for tokens in (first, second)] == [401, 401]
    assert _refresh(client, second).status_code == 401
    assert _refresh(client, elsewhere).status_code == 200
    assert audited(run, "SIGN_OUT") == [("SIGN_OUT", kind, _subject(kind, run))]
    assert audited(run, "SESSIONS_REVOKED") == [], "after signing out nothing was stolen"


def test_revocation_ends_everything_of_somebody_at_once(
    client: httpx.Client, kind: str, sign_in: SignIn, run: Callable[..., Any], clock: ManualClock
) -> None:
    first, second = sign_in(), sign_in()
    run(revoke_sessions, SessionKind(kind), _subject(kind, run), clock.now())
    assert [_status(client, kind, tokens) for tokens in (first, second)] == [401, 401]
    assert [_refresh(client, tokens).status_code for tokens in (first, second)] == [401, 401]
    assert _status(client, kind, sign_in()) == 200


@pytest.mark.parametrize("token", ["x", "'; --", "x" * 256])
def test_what_is_no_refresh_token_opens_nothing(client: httpx.Client, token: str) -> None:
    refused = client.post("/api/v1/auth/refresh", json={"refresh_token": token})
    assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHENTICATED")


def test_tokens_of_one_use_are_of_no_other(client: httpx.Client, kind: str, sign_in: SignIn) -> None:
    tokens = sign_in()
    swapped = {"access_token": tokens["refresh_token"], "refresh_token": tokens["access_token"]}
    assert _status(client, kind, swapped) == 401
    assert _refresh(client, swapped).status_code == 401
    assert client.post("/api/v1/auth/logout", headers=bearer(swapped)).status_code == 401
