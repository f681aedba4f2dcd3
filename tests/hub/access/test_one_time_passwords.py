"""Signing in by one-time password: caps, tries, and nothing told about who is a member."""

import stat
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from hub_server.access.tables import otp_challenges, sessions
from hub_server.foundation.context import Context
from hub_server.settings import Settings
from tests.builders.people import newest_digits, prove, sign_up, texted
from tests.fakes.clock import ManualClock

PHONE = "0912345678"
MINUTE_MS = 60_000


def _ask(client: httpx.Client, phone: str = PHONE, **headers: str) -> httpx.Response:
    return client.post("/api/v1/auth/otp", json={"phone": phone}, headers=headers)


def _verify(client: httpx.Client, challenge: str, code: str) -> httpx.Response:
    return client.post("/api/v1/auth/otp/verify", json={"challenge_id": challenge, "code": code})


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_six_digits_go_to_the_phone_and_to_nobody_else(client: httpx.Client, settings: Settings) -> None:
    answer = _ask(client)
    assert answer.json().keys() == {"challenge_id", "expires_in", "resend_in"}
    assert newest_digits(settings) not in answer.text
    assert texted(settings)[-1]["to"] == "+886912345678"
    assert texted(settings)[-1].keys() == {"to", "text", "at"}
    path = settings.data_dir / "sms.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_message_is_in_the_language_that_was_asked_for(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    _ask(client, **{"Accept-Language": "en-GB,en;q=0.9"})
    assert texted(settings)[-1]["text"].startswith("Your MPS code is ")
    clock.advance(2 * MINUTE_MS)
    _ask(client)
    assert "驗證碼" in texted(settings)[-1]["text"]


def test_known_and_unknown_phones_get_the_same_answer(client: httpx.Client, settings: Settings) -> None:
    sign_up(client, settings, "0922222222")
    new = _ask(client, "0933333333")
    sign_up_again = _ask(client, "0922222222")
    # the member's own message was sent seconds ago: both numbers obey the same caps
    assert sign_up_again.status_code == 429
    assert new.status_code == 200


def test_a_member_and_a_stranger_see_answers_of_one_form(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    sign_up(client, settings, "0922222222")
    clock.advance(2 * MINUTE_MS)
    known, unknown = _ask(client, "0922222222"), _ask(client, "0933333333")
    assert known.status_code == unknown.status_code == 200
    assert known.json() | {"challenge_id": ""} == unknown.json() | {"challenge_id": ""}


def test_a_challenge_bears_five_tries_and_no_more(client: httpx.Client, settings: Settings) -> None:
    challenge = _ask(client).json()["challenge_id"]
    right = newest_digits(settings)
    for _ in range(5):
        refused = _verify(client, challenge, _wrong(right))
        assert (refused.status_code, refused.json()["code"]) == (422, "OTP_INVALID")
    assert _verify(client, challenge, right).json()["code"] == "OTP_INVALID"


def test_the_fifth_try_may_still_be_the_right_one(client: httpx.Client, settings: Settings) -> None:
    challenge = _ask(client).json()["challenge_id"]
    right = newest_digits(settings)
    for _ in range(4):
        _verify(client, challenge, _wrong(right))
    assert "registration_token" in _verify(client, challenge, right).json()


def test_the_digits_work_once(client: httpx.Client, settings: Settings) -> None:
    challenge = _ask(client).json()["challenge_id"]
    code = newest_digits(settings)
    assert _verify(client, challenge, code).status_code == 200
    assert _verify(client, challenge, code).json()["code"] == "OTP_INVALID"


def test_the_digits_expire_after_five_minutes(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    challenge = _ask(client).json()["challenge_id"]
    clock.advance(5 * MINUTE_MS)
    assert _verify(client, challenge, newest_digits(settings)).json()["code"] == "OTP_INVALID"


def test_one_challenges_digits_open_no_other(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    _ask(client)
    first = newest_digits(settings)
    clock.advance(2 * MINUTE_MS)
    second = _ask(client).json()["challenge_id"]
    assert newest_digits(settings) != first
    assert _verify(client, second, first).json()["code"] == "OTP_INVALID"


def test_another_message_must_wait(client: httpx.Client, clock: ManualClock) -> None:
    _ask(client)
    clock.advance(20_000)
    early = _ask(client)
    assert (early.status_code, early.json()["code"]) == (429, "RATE_LIMITED")
    assert early.headers["Retry-After"] == "40"
    clock.advance(40_000)
    assert _ask(client).status_code == 200


def test_a_number_gets_so_many_messages_a_day(
    client: httpx.Client, settings: Settings, clock: ManualClock
) -> None:
    answers = []
    for _ in range(settings.otp_per_phone_per_day + 3):
        answers.append(_ask(client).status_code)
        clock.advance(10 * MINUTE_MS)
    assert answers.count(200) == settings.otp_per_phone_per_day == len(texted(settings))
    assert answers[-1] == 429


def test_an_address_gets_so_many_messages_an_hour(client: httpx.Client, settings: Settings) -> None:
    answers = [
        _ask(client, f"09120{number:05d}").status_code
        for number in range(settings.otp_per_address_per_hour + 2)
    ]
    assert answers.count(200) == settings.otp_per_address_per_hour == len(texted(settings))
    assert answers[-2:] == [429, 429]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/api/v1/auth/otp", {"phone": "12"}, "PHONE_INVALID"),
        ("/api/v1/auth/otp", {"phone": ""}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp", {"phone": 912345678}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp", {"phone": "x" * 4000}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp", {}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp", {"phone": PHONE, "purpose": "refund"}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp", {"phone": PHONE, "admin": True}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp", [], "INVALID_REQUEST"),
        ("/api/v1/auth/otp/verify", {"challenge_id": "x", "code": "123456"}, "OTP_INVALID"),
        ("/api/v1/auth/otp/verify", {"challenge_id": "' OR 1=1", "code": "123456"}, "OTP_INVALID"),
        (
            "/api/v1/auth/otp/verify",
            {"challenge_id": "01a20412-646b-74c2-8ff9-d67d878f88da", "code": "123456"},
            "OTP_INVALID",
        ),
        ("/api/v1/auth/otp/verify", {"challenge_id": "x", "code": 123456}, "INVALID_REQUEST"),
        ("/api/v1/auth/otp/verify", {"challenge_id": "x", "code": "1" * 17}, "INVALID_REQUEST"),
    ],
)
def test_rubbish_gets_a_coded_error_and_changes_nothing(
    client: httpx.Client, settings: Settings, run: Callable[..., Any], path: str, body: object, code: str
) -> None:
    refused = client.post(path, json=body)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == code
    assert texted(settings) == []
    assert run(lambda connection: connection.execute(select(otp_challenges)).all()) == []
    assert run(lambda connection: connection.execute(select(sessions)).all()) == []


def test_signing_out_ends_the_session(client: httpx.Client, settings: Settings) -> None:
    member = sign_up(client, settings)
    assert client.get("/api/v1/me", headers=member.headers).status_code == 200
    assert client.post("/api/v1/auth/logout", headers=member.headers).status_code == 204
    assert client.get("/api/v1/me", headers=member.headers).json()["code"] == "UNAUTHENTICATED"
    assert client.post("/api/v1/auth/logout", headers=member.headers).status_code == 401


def test_a_session_ends_by_itself(client: httpx.Client, settings: Settings, clock: ManualClock) -> None:
    member = sign_up(client, settings)
    clock.advance(settings.session_ttl_s * 1_000)
    assert client.get("/api/v1/me", headers=member.headers).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic eDp5", "Bearer %00", "x" * 5000])
def test_what_is_no_token_opens_nothing(client: httpx.Client, header: str) -> None:
    refused = client.get("/api/v1/me", headers={"Authorization": header})
    assert (refused.status_code, refused.json()["code"]) == (401, "UNAUTHENTICATED")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_registration_token_opens_no_session(client: httpx.Client, settings: Settings) -> None:
    token = prove(client, settings, PHONE)["registration_token"]
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_no_digits_and_no_token_are_kept_in_the_clear(
    client: httpx.Client, settings: Settings, hub_context: Context
) -> None:
    member = sign_up(client, settings)
    digits = newest_digits(settings)
    kept = hub_context.database.read(
        lambda connection: str(
            [
                [tuple(row) for row in connection.execute(select(table))]
                for table in (otp_challenges, sessions)
            ]
        )
    )
    assert member.token not in kept
    assert f"'{digits}'" not in kept
