"""Access (protocol.md 3): a terminal's own signature, once, for ten minutes; errors in OAuth's form."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.bootstrap import Hub
from hub_server.terminals import resume_terminal, suspend_terminal
from shared.clock import to_unix
from shared.jws import sign_jws
from shared.signing import Ed25519Signer
from shared.strict_json import dumps_object
from tests.fakes.clock import ManualClock
from tests.hub.ground.shop import Shop, Till, ask_for_token, unsigned_jwt

CHANGES = "/api/v1/terminals/me/changes"


@pytest.fixture
def shop(hub: Hub) -> Shop:
    return Shop.open(hub)


@pytest.fixture
def till(client: httpx.Client, shop: Shop) -> Till:
    return Till.enrol(client, shop)


def feed_status(client: httpx.Client, token: str) -> int:
    """Whether a token opens the feed."""
    with client.stream("GET", CHANGES, headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status_code


def test_a_signed_assertion_becomes_a_bearer_token(
    client: httpx.Client, till: Till, clock: ManualClock
) -> None:
    answer = ask_for_token(client, till.assertion(clock.now()))

    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 600)
    assert answer.headers["cache-control"] == "no-store"
    assert feed_status(client, answer.json()["access_token"]) == 200


def test_an_assertion_works_once(client: httpx.Client, till: Till, clock: ManualClock) -> None:
    assertion = till.assertion(clock.now())

    assert ask_for_token(client, assertion).status_code == 200
    again = ask_for_token(client, assertion)
    assert (again.status_code, again.json()) == (401, {"error": "invalid_client"})


BAD: dict[str, Callable[[Till, ManualClock], str]] = {
    "expired": lambda till, clock: till.assertion(clock.now(), exp=to_unix(clock.now())),
    "good for too long": lambda till, clock: till.assertion(
        clock.now(), exp=to_unix(clock.now() + timedelta(seconds=62))
    ),
    "no expiry": lambda till, clock: till.assertion(clock.now(), exp=None),
    "an expiry that is true": lambda till, clock: till.assertion(clock.now(), exp=True),
    "no jti": lambda till, clock: till.assertion(clock.now(), jti=None),
    "an endless jti": lambda till, clock: till.assertion(clock.now(), jti="x" * 129),
    "for another hub": lambda till, clock: till.assertion(clock.now(), aud="https://other.example"),
    "issued by somebody else": lambda till, clock: till.assertion(clock.now(), iss="somebody"),
    "of nobody": lambda till, clock: till.assertion(
        clock.now(),
        iss="01900000-0000-7000-8000-000000000000",
        sub="01900000-0000-7000-8000-000000000000",
    ),
    "unsigned": lambda till, clock: unsigned_jwt(till.claims(clock.now())),
    "signed by another key": lambda till, clock: sign_jws(
        "JWT", till.id, dumps_object(till.claims(clock.now())), Ed25519Signer.generate()
    ),
    "not a JWT": lambda till, clock: "a.b.c",
    "not ASCII": lambda till, clock: "憑.證.據",
    "huge": lambda till, clock: "A" * 8_000,
    "empty claims": lambda till, clock: sign_jws("JWT", till.id, b"{}", till.signer),
    "claims that are a list": lambda till, clock: sign_jws("JWT", till.id, b"[]", till.signer),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_assertion_is_an_invalid_client(
    client: httpx.Client, till: Till, clock: ManualClock, what: str
) -> None:
    answer = ask_for_token(client, BAD[what](till, clock))

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
    ],
)
def test_a_wrong_form_gets_oauths_own_errors(
    client: httpx.Client, till: Till, clock: ManualClock, changed: dict[str, Any], error: str
) -> None:
    answer = ask_for_token(client, till.assertion(clock.now()), **changed)

    assert answer.json() == {"error": error}


def test_json_is_no_form_for_a_token(client: httpx.Client, till: Till) -> None:
    answer = client.post("/api/v1/oauth/token", json={"grant_type": "client_credentials"})

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_a_token_lasts_ten_minutes(client: httpx.Client, till: Till, clock: ManualClock) -> None:
    token = till.token(clock.now())
    clock.advance(599_000)
    before = feed_status(client, token)
    clock.advance(1_000)

    after = client.get(CHANGES, headers={"Authorization": f"Bearer {token}"})

    assert before == 200
    assert (after.status_code, after.json()["code"]) == (401, "UNAUTHENTICATED")
    assert after.headers["www-authenticate"] == "Bearer"


def test_tokens_of_others_open_nothing(client: httpx.Client, till: Till, clock: ManualClock) -> None:
    token = till.token(clock.now())
    head, _, tail = token.rpartition(".")
    forged = [
        "",
        "Bearer",
        "Bearer " + till.assertion(clock.now()),
        f"Bearer {head}.{'A' * len(tail)}",
        "Bearer " + unsigned_jwt(till.claims(clock.now())),
        f"Basic {token}",
        "Bearer " + "x" * 10_000,
    ]

    for value in forged:
        assert client.get(CHANGES, headers={"Authorization": value}).status_code == 401, value[:40]


def test_a_suspended_terminal_may_still_read_the_feed(
    client: httpx.Client, shop: Shop, till: Till, clock: ManualClock
) -> None:
    assert shop.do(suspend_terminal, terminal_id=till.id, reason="lost") is True
    assert shop.do(suspend_terminal, terminal_id=till.id, reason="lost") is False

    assert feed_status(client, till.token(clock.now())) == 200
    assert shop.do(resume_terminal, terminal_id=till.id, reason="found") is True
