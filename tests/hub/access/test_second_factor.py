"""The second factor: confirmed before it counts, each step good once, and sealed where it is kept."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from sqlalchemy import select

from hub_server.access.states import LoginRole
from hub_server.access.tables import logins
from hub_server.access.totp import TotpSecrets, matching_step
from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from tests.fakes.clock import ManualClock
from tests.hub.access.people import (
    PASSWORD,
    Person,
    audited,
    bearer,
    make_person,
    make_shop,
    signed_in,
    try_in,
)

STEP_MS = 30_000
ROADS = {"admin": "/api/v1/admin/me/totp", "merchant": "/api/v1/merchant/me/totp"}


class Authenticator:
    """The app on somebody's phone."""

    def __init__(self, secret: str, clock: ManualClock) -> None:
        self._totp = pyotp.TOTP(secret)
        self._clock = clock

    def digits(self, steps: int = 0) -> str:
        """Those of now, or of some steps away."""
        return self._totp.at(self._clock.now(), counter_offset=steps)


@pytest.fixture(params=ROADS)
def road(request: pytest.FixtureRequest) -> str:
    """Admins' or merchants' people's."""
    return ROADS[request.param]


@pytest.fixture
def person(hub: Hub, road: str) -> Person:
    """Somebody of that side."""
    if road == ROADS["admin"]:
        return make_person(hub.context, LoginRole.AUDITOR, "someone@hub.example")
    return make_person(hub.context, LoginRole.MANAGER, "someone@hub.example", make_shop(hub.context))


@pytest.fixture
def phone(client: httpx.Client, person: Person, road: str, clock: ManualClock) -> Authenticator:
    """The authenticator of that person, confirmed; its next digits are unused."""
    headers = bearer(signed_in(client, person))
    made = client.post(road, json={"password": PASSWORD}, headers=headers)
    assert made.status_code == 201, made.text
    phone = Authenticator(made.json()["secret"], clock)
    confirmed = client.post(f"{road}/confirm", json={"totp": phone.digits()}, headers=headers)
    assert confirmed.status_code == 204, confirmed.text
    clock.advance(STEP_MS)
    return phone


def test_signing_in_takes_the_digits_from_the_confirmation_on(
    client: httpx.Client, person: Person, road: str, clock: ManualClock, run: Callable[..., Any]
) -> None:
    headers = bearer(signed_in(client, person))
    made = client.post(road, json={"password": PASSWORD}, headers=headers).json()
    assert try_in(client, person.email).status_code == 200, "not confirmed yet"
    phone = Authenticator(made["secret"], clock)
    wrong = client.post(f"{road}/confirm", json={"totp": _other(phone.digits())}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "OTP_INVALID")
    assert try_in(client, person.email).status_code == 200
    assert client.post(f"{road}/confirm", json={"totp": phone.digits()}, headers=headers).status_code == 204
    clock.advance(STEP_MS)
    assert try_in(client, person.email).status_code == 401
    assert try_in(client, person.email, totp=_other(phone.digits())).status_code == 401
    assert try_in(client, person.email, totp=phone.digits()).status_code == 200
    assert [event[2] for event in audited(run, "TOTP_SET")] == [person.id]


def test_a_stolen_session_sets_no_second_factor_and_ends_with_the_owners(
    client: httpx.Client,
    person: Person,
    road: str,
    clock: ManualClock,
    settings: Settings,
    run: Callable[..., Any],
) -> None:
    stolen, own = signed_in(client, person), signed_in(client, person)
    assert client.post(road, headers=bearer(stolen)).status_code == 422, "the password is missing"
    guess = {"password": "not the password"}
    for _ in range(settings.login_tries):
        wrong = client.post(road, json=guess, headers=bearer(stolen))
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/password")
    assert client.post(road, json=guess, headers=bearer(stolen)).status_code == 429
    assert run(lambda c: c.execute(select(logins.c.totp_sealed)).scalar_one()) is None
    clock.advance(settings.login_lock_s * 1_000)
    made = client.post(road, json={"password": PASSWORD}, headers=bearer(own)).json()
    phone = Authenticator(made["secret"], clock)
    confirm = f"{road}/confirm"
    thiefs = client.post(confirm, json={"totp": _other(phone.digits())}, headers=bearer(stolen))
    assert thiefs.json()["code"] == "OTP_INVALID", "the thief has not seen the secret"
    assert client.post(confirm, json={"totp": phone.digits()}, headers=bearer(own)).status_code == 204
    removal = {"password": PASSWORD, "totp": "123456"}
    assert client.request("DELETE", road, json=removal, headers=bearer(stolen)).status_code == 401
    refresh = {"refresh_token": stolen["refresh_token"]}
    assert client.post("/api/v1/auth/refresh", json=refresh).status_code == 401
    assert client.request("DELETE", road, json=removal, headers=bearer(own)).json()["code"] == "OTP_INVALID"
    kept = {"refresh_token": own["refresh_token"]}
    assert client.post("/api/v1/auth/refresh", json=kept).status_code == 200


def test_the_address_for_authenticators_carries_the_same_secret(
    client: httpx.Client, person: Person, road: str
) -> None:
    made = client.post(road, json={"password": PASSWORD}, headers=bearer(signed_in(client, person))).json()
    uri = urlsplit(made["otpauth_uri"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query)["secret"] == [made["secret"]]
    assert len(made["secret"]) == 32


def test_digits_are_good_once_and_so_are_those_before_them(
    client: httpx.Client, person: Person, phone: Authenticator, clock: ManualClock
) -> None:
    ahead = phone.digits(1)
    assert try_in(client, person.email, totp=ahead).status_code == 200
    assert try_in(client, person.email, totp=ahead).status_code == 401
    assert try_in(client, person.email, totp=phone.digits()).status_code == 401
    clock.advance(2 * STEP_MS)
    assert try_in(client, person.email, totp=phone.digits()).status_code == 200


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_clocks_may_be_one_step_apart(
    client: httpx.Client, person: Person, phone: Authenticator, clock: ManualClock, steps: int, status: int
) -> None:
    clock.advance(5 * STEP_MS)
    assert try_in(client, person.email, totp=phone.digits(steps)).status_code == status


def test_the_digits_of_the_confirmation_open_nothing(
    client: httpx.Client, person: Person, phone: Authenticator
) -> None:
    assert try_in(client, person.email, totp=phone.digits(-1)).status_code == 401


def test_wrong_digits_count_as_wrong_tries(
    client: httpx.Client, person: Person, phone: Authenticator, settings: Settings
) -> None:
    for _ in range(settings.login_tries):
        wrong = _other(phone.digits())
        assert try_in(client, person.email, totp=wrong, address="203.0.113.5").status_code == 401
    assert try_in(client, person.email, totp=phone.digits(), address="203.0.113.5").status_code == 401


def test_one_that_is_set_is_not_replaced_by_whoever_has_the_session(
    client: httpx.Client, person: Person, phone: Authenticator, road: str
) -> None:
    headers = bearer(signed_in(client, person, totp=phone.digits()))
    refused = client.post(road, json={"password": PASSWORD}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    again = client.post(f"{road}/confirm", json={"totp": phone.digits(1)}, headers=headers)
    assert again.json()["code"] == "INVALID_REQUEST"


def test_taking_it_off_takes_both_factors(
    client: httpx.Client,
    person: Person,
    phone: Authenticator,
    road: str,
    clock: ManualClock,
    run: Callable[..., Any],
) -> None:
    headers = bearer(signed_in(client, person, totp=phone.digits()))

    def remove(password: str, totp: str) -> httpx.Response:
        body = {"password": password, "totp": totp}
        return client.request("DELETE", road, json=body, headers=headers)

    used = phone.digits()
    assert remove("not the password", phone.digits(1)).json()["code"] == "INVALID_REQUEST"
    assert remove(PASSWORD, used).json()["code"] == "OTP_INVALID"
    clock.advance(STEP_MS)
    assert remove(PASSWORD, phone.digits()).status_code == 204
    assert try_in(client, person.email).status_code == 200
    assert remove(PASSWORD, phone.digits(1)).json()["code"] == "INVALID_REQUEST", "none is set any more"
    assert [event[2] for event in audited(run, "TOTP_REMOVED")] == [person.id]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_it_takes_a_session_of_its_own_side(
    client: httpx.Client, person: Person, road: str, method: str
) -> None:
    other = next(path for path in ROADS.values() if path != road)
    headers = bearer(signed_in(client, person))
    body = {"password": PASSWORD} | ({} if method == "POST" else {"totp": "123456"})
    assert client.request(method, road, json=body).status_code == 401
    assert client.request(method, other, json=body, headers=headers).status_code == 401


def test_the_secret_is_sealed_for_one_login_under_this_hubs_pepper(
    client: httpx.Client, hub: Hub, person: Person, phone: Authenticator, run: Callable[..., Any]
) -> None:
    sealed = run(lambda c: c.execute(select(logins.c.totp_sealed)).scalar_one())
    secrets = TotpSecrets(hub.keys.pepper, hub.context.random_bytes)
    secret = secrets.open(sealed, person.id)
    assert secret is not None
    assert secret not in sealed
    assert secrets.open(sealed, "01a20412-646b-74c2-8ff9-d67d878f88da") is None
    assert TotpSecrets(bytes(32), hub.context.random_bytes).open(sealed, person.id) is None
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert secrets.open(flipped, person.id) is None
    assert matching_step(secret, phone.digits(), hub.context.clock.now(), None) is not None


def _other(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"
