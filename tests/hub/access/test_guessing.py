"""Guessing passwords and one-time passwords: how many guesses count, and that no stranger locks the owner out."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from hub_server.access.passwords import Passwords
from hub_server.access.prove_phone import prove_phone, send_otp
from hub_server.access.sign_in import SignInDesk, sign_in
from hub_server.access.states import LoginRole
from hub_server.access.tables import otp_challenges, rate_windows
from hub_server.access.totp import TotpSecrets
from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from shared.problems import Code, CodedError
from tests.fakes.clock import ManualClock
from tests.hub.access.people import COST, PASSWORD, make_person, try_in

WRONG = "not the password"
GUESSES = 10_000
OWNERS, STRANGERS = "198.51.100.7", "203.0.113.9"
EMAIL = "admin@hub.example"


class _Unread:
    """Takes messages and reads none."""

    def send(self, to: str, text: str, at: object) -> None:
        """The guesser does not have the phone."""


@pytest.mark.slow
def test_ten_thousand_guesses_at_a_phones_digits_are_a_hundred(
    hub: Hub, settings: Settings, clock: ManualClock, run: Callable[..., Any]
) -> None:
    context, challenge = hub.context, ""
    for guess in range(GUESSES):
        if guess % settings.otp_max_tries == 0:
            clock.advance(settings.otp_resend_s * 100)
            with suppress(CodedError):  # RATE_LIMITED: the last challenge is guessed at further
                challenge = send_otp(
                    context, hub.keys, _Unread(), phone="0912345678", address=STRANGERS, language="en"
                ).challenge_id
        assert prove_phone(context, hub.keys, challenge_id=challenge, code=f"x{guess:05d}") is None
    compared = run(lambda c: c.execute(select(func.sum(otp_challenges.c.tries))).scalar_one())
    assert compared == settings.otp_per_phone_per_day * settings.otp_max_tries == 100


@pytest.mark.slow
def test_of_ten_thousand_guesses_at_a_password_from_one_address_a_few_hundred_an_hour_are_looked_at(
    hub: Hub, settings: Settings, clock: ManualClock
) -> None:
    context = hub.context
    checked = []

    class Watched(Passwords):
        def check(self, password: str, password_hash: str | None) -> bool:
            checked.append(password)
            return super().check(password, password_hash)

    desk = SignInDesk(context, Watched(COST), TotpSecrets(hub.keys.pepper, context.random_bytes))
    make_person(context, LoginRole.SUPERADMIN, EMAIL)
    turned_away = 0
    for guess in range(GUESSES):
        clock.advance(500)
        try:
            sign_in(desk, email=EMAIL, password=f"guess {guess}", totp=None, address=STRANGERS)
        except CodedError:
            turned_away += 1
    hours = 2  # 5,000 s
    assert len(checked) == settings.logins_per_address_per_hour * hours
    assert turned_away == GUESSES - len(checked)


def test_a_thousand_addresses_share_one_count_of_wrong_passwords(
    client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock
) -> None:
    make_person(hub.context, LoginRole.SUPERADMIN, EMAIL)
    for number in range(settings.login_tries):
        assert try_in(client, EMAIL, WRONG, address=f"203.0.113.{number}").status_code == 401
    assert try_in(client, EMAIL, address="203.0.113.200").status_code == 401, "locked for every stranger"
    clock.advance(settings.login_lock_s * 1_000 - 1)
    assert try_in(client, EMAIL, address="203.0.113.200").status_code == 401
    clock.advance(1)
    assert try_in(client, EMAIL, address="203.0.113.200").status_code == 200


def test_the_last_try_may_still_be_the_right_one_and_clears_the_count(
    client: httpx.Client, hub: Hub, settings: Settings
) -> None:
    make_person(hub.context, LoginRole.SUPERADMIN, EMAIL)
    for _ in range(2):
        for _ in range(settings.login_tries - 1):
            assert try_in(client, EMAIL, WRONG).status_code == 401
        assert try_in(client, EMAIL).status_code == 200


def test_a_stranger_never_locks_the_owner_out(
    client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock
) -> None:
    make_person(hub.context, LoginRole.SUPERADMIN, EMAIL)
    assert try_in(client, EMAIL, address=OWNERS).status_code == 200
    for _ in range(10):
        for _ in range(settings.login_tries + 1):
            assert try_in(client, EMAIL, WRONG, address=STRANGERS).status_code == 401
        assert try_in(client, EMAIL, address=STRANGERS).status_code == 401
        assert try_in(client, EMAIL, address=OWNERS).status_code == 200
        assert try_in(client, EMAIL, address=STRANGERS).status_code == 401, "who knows it unlocks for nobody"
        clock.advance(settings.login_lock_s * 1_000)


def test_from_the_owners_own_address_guesses_are_counted_too(
    client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock
) -> None:
    make_person(hub.context, LoginRole.SUPERADMIN, EMAIL)
    assert try_in(client, EMAIL, address=OWNERS).status_code == 200
    for _ in range(settings.login_tries):
        assert try_in(client, EMAIL, WRONG, address=OWNERS).status_code == 401
    assert try_in(client, EMAIL, address=OWNERS).status_code == 401
    assert try_in(client, EMAIL, address=STRANGERS).status_code == 200, "the strangers' count is another"
    clock.advance(settings.login_lock_s * 1_000)
    assert try_in(client, EMAIL, address=OWNERS).status_code == 200


def test_an_address_has_so_many_tries_an_hour_whosever_logins_they_are(
    client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock, run: Callable[..., Any]
) -> None:
    make_person(hub.context, LoginRole.SUPERADMIN, EMAIL)
    clock.advance(1_500)
    spent = {
        "kind": "login_address",
        "subject": STRANGERS,
        "began_at": clock.now(),
        "count": settings.logins_per_address_per_hour - 1,
    }
    run(lambda c: c.execute(rate_windows.insert().values(**spent)))
    clock.advance(1_000)
    assert try_in(client, "nobody@hub.example", WRONG, address=STRANGERS).status_code == 401
    for email in (EMAIL, "nobody@hub.example"):
        shut = try_in(client, email, address=STRANGERS)
        assert (shut.status_code, shut.json()["code"]) == (429, "RATE_LIMITED")
        assert shut.headers["Retry-After"] == "3599"
    assert try_in(client, EMAIL, address=OWNERS).status_code == 200
    clock.advance(3_599_000)
    assert try_in(client, EMAIL, address=STRANGERS).status_code == 200


@pytest.mark.parametrize("email", [EMAIL, "nobody@hub.example"])
def test_an_address_that_has_used_up_its_tries_makes_the_hub_do_nothing(hub: Hub, email: str) -> None:
    context = hub.context
    make_person(context, LoginRole.SUPERADMIN, EMAIL)

    class Never(Passwords):
        def check(self, password: str, password_hash: str | None) -> bool:
            raise AssertionError("a password was compared")

    settings = context.settings.model_copy(update={"logins_per_address_per_hour": 1})
    few = replace(context, settings=settings)
    secrets = TotpSecrets(hub.keys.pepper, context.random_bytes)
    desk = SignInDesk(few, Passwords(COST), secrets)
    sign_in(desk, email=email, password=PASSWORD, totp=None, address=STRANGERS)
    with pytest.raises(CodedError) as refused:
        sign_in(
            SignInDesk(few, Never(COST), secrets),
            email=email,
            password=PASSWORD,
            totp=None,
            address=STRANGERS,
        )
    assert refused.value.code is Code.RATE_LIMITED
