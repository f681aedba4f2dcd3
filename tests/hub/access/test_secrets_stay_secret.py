"""Whatever somebody shows or is shown is found in no log line and in no column of the database (protocol.md 7)."""

from base64 import b32decode
from collections.abc import Callable
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import select

from hub_server.access.states import LoginRole
from hub_server.bootstrap import Hub
from hub_server.foundation.storage import metadata
from hub_server.settings import Settings
from shared.payment_code import split_payment_code
from shared.signing import to_base64url
from tests.builders.people import newest_digits, prove, texted
from tests.fakes.clock import ManualClock
from tests.hub.access.people import PASSWORD, Person, bearer, make_person, make_shop, signed_in, try_in


def test_a_members_whole_journey_leaves_no_secret_behind(
    client: httpx.Client,
    settings: Settings,
    clock: ManualClock,
    run: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    registration = prove(client, settings, "0912345678")["registration_token"]
    first_digits = newest_digits(settings)
    body = {"registration_token": registration, "name": "林小美"}
    made = client.post("/api/v1/members", json=body).json()
    clock.advance(90_000)
    session = prove(client, settings, "0912345678")["access_token"]
    headers = {"Authorization": f"Bearer {session}"}
    path = f"/api/v1/me/cards/{made['card']['card_id']}/payment-code"
    code = client.post(path, headers=headers).json()["code"]
    client.delete(path, headers=headers)
    # Rubbish that holds secrets must not echo them either.
    client.post("/api/v1/auth/otp/verify", json={"challenge_id": code, "code": session})
    client.post("/api/v1/members", json={"registration_token": session, "name": code, "more": first_digits})
    client.get(f"/api/v1/me/cards?cursor={session}", headers=headers)
    client.post("/api/v1/auth/logout", headers=headers)

    secret, _ = split_payment_code(code)
    canaries = {
        "registration token": registration,
        "first session": made["access_token"],
        "session": session,
        "code": code,
        "code secret": to_base64url(secret),
        "code secret in hex": secret.hex(),
        "first digits": f"'{first_digits}'",
        "digits": f"'{newest_digits(settings)}'",
    }
    assert len(texted(settings)) == 2
    assert _found(canaries, run, caplog) == []


def test_the_journey_of_somebody_with_a_password_leaves_none_behind_either(
    client: httpx.Client,
    hub: Hub,
    clock: ManualClock,
    run: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    shop = make_shop(hub.context)
    superadmin = make_person(hub.context, LoginRole.SUPERADMIN, "super@hub.example")
    first = signed_in(client, superadmin)
    wanted = {"email": "o@shop.example", "name": "店主", "kind": "merchant", "role": "owner"}
    wanted["merchant_id"] = shop.merchant_id
    made = client.post("/api/v1/admin/logins", json=wanted, headers=bearer(first)).json()
    owner = Person(made["login"]["id"], made["login"]["email"])
    session = signed_in(client, owner, password=made["initial_password"])
    headers = bearer(session)
    factor = client.post(
        "/api/v1/merchant/me/totp", json={"password": made["initial_password"]}, headers=headers
    ).json()
    digits = pyotp.TOTP(factor["secret"]).at(clock.now())
    assert client.post("/api/v1/merchant/me/totp/confirm", json={"totp": digits}, headers=headers).is_success
    refreshed = client.post("/api/v1/auth/refresh", json={"refresh_token": session["refresh_token"]}).json()
    headers = bearer(refreshed)
    key = client.post("/api/v1/merchant/api-keys", json={"name": "x", "scopes": ["read"]}, headers=headers)
    changed = {"old_password": made["initial_password"], "new_password": "a second long one 7"}
    assert client.put("/api/v1/auth/password", json=changed, headers=headers).is_success
    # In the wrong field, and as what they are not.
    try_in(client, changed["new_password"], refreshed["refresh_token"])
    client.post("/api/v1/auth/refresh", json={"refresh_token": key.json()["key"]})
    client.get(f"/api/v1/merchant/api-keys?cursor={factor['secret']}", headers=headers)
    client.delete(f"/api/v1/merchant/api-keys/{key.json()['key']}", headers=headers)
    client.post("/api/v1/auth/refresh", json={"refresh_token": session["refresh_token"]})
    canaries = {
        "first password": made["initial_password"],
        "second password": changed["new_password"],
        "password of the superadmin": PASSWORD,
        "access token": session["access_token"],
        "refresh token": session["refresh_token"],
        "second refresh token": refreshed["refresh_token"],
        "secret": factor["secret"],
        "secret's bytes": repr(b32decode(factor["secret"]))[2:-1],
        "digits": f"'{digits}'",
        "key": key.json()["key"],
    }
    assert _found(canaries, run, caplog) == []


def _found(canaries: dict[str, str], run: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> list[str]:
    """The names of those that any column or log line holds."""
    kept = "".join(
        repr(tuple(row))
        for table in metadata.sorted_tables
        for row in run(lambda connection, t=table: connection.execute(select(t)).all())
    )
    logged = "".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if _is_ours(record.name)
    )
    assert logged
    return [name for name, canary in canaries.items() if canary in kept or canary in logged]


def _is_ours(logger: str) -> bool:
    """The test's own client logs what it asks for; the hub must not."""
    return logger.startswith("mps")
