"""Whatever a member shows or is shown is found in no log line and in no column of the database (protocol.md 7)."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub_server.foundation.storage import metadata
from hub_server.settings import Settings
from shared.payment_code import split_payment_code
from shared.signing import to_base64url
from tests.builders.people import newest_digits, prove, texted
from tests.fakes.clock import ManualClock


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
    kept = "".join(
        repr(tuple(row))
        for table in metadata.sorted_tables
        for row in run(lambda connection, t=table: connection.execute(select(t)).all())
    )
    logged = "".join(
        f"{record.getMessage()} {record.__dict__}" for record in caplog.records if _is_ours(record.name)
    )
    assert len(texted(settings)) == 2
    assert logged
    assert [name for name, canary in canaries.items() if canary in kept] == []
    assert [name for name, canary in canaries.items() if canary in logged] == []


def _is_ours(logger: str) -> bool:
    """The test's own client logs what it asks for; the hub must not."""
    return logger.startswith("mps")
