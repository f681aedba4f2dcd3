"""Signing in with a password: one refusal for everything that is wrong, and one amount of work."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.access.passwords import IN_LINE, Passwords
from hub_server.access.rules import password_fault
from hub_server.access.sign_in import SignInDesk, sign_in
from hub_server.access.states import LoginRole, LoginStatus
from hub_server.access.totp import TotpSecrets
from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from shared.problems import Code, CodedError
from tests.fakes.clock import ManualClock
from tests.hub.access.people import (
    COST,
    PASSWORD,
    audited,
    bearer,
    make_person,
    make_shop,
    signed_in,
    try_in,
)

WRONG = "not the password"


class CountedPasswords(Passwords):
    """The real thing, with a tally."""

    checks = 0

    def check(self, password: str, password_hash: str | None) -> bool:
        self.checks += 1
        return super().check(password, password_hash)


def test_an_admin_signs_in_and_may_what_the_role_may(
    client: httpx.Client, hub: Hub, settings: Settings, run: Callable[..., Any]
) -> None:
    admin = make_person(hub.context, LoginRole.SUPERADMIN, "admin@hub.example")
    tokens = signed_in(client, admin)
    assert tokens.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", settings.login_session_ttl_s)
    assert client.get("/api/v1/admin/logins", headers=bearer(tokens)).status_code == 200
    assert audited(run, "SIGN_IN") == [("SIGN_IN", "admin", admin.id)]


def test_the_address_is_the_same_in_any_case(client: httpx.Client, hub: Hub) -> None:
    make_person(hub.context, LoginRole.AUDITOR, "Auditor@Hub.Example")
    assert try_in(client, "aUDITOR@hub.example").status_code == 200


def test_a_merchants_person_signs_in_to_the_merchants_side_alone(client: httpx.Client, hub: Hub) -> None:
    owner = make_person(hub.context, LoginRole.OWNER, "owner@shop.example", make_shop(hub.context))
    headers = bearer(signed_in(client, owner))
    assert client.get("/api/v1/merchant/api-keys", headers=headers).status_code == 200
    assert client.get("/api/v1/admin/logins", headers=headers).status_code == 401
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_a_session_ends_by_itself(
    client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock
) -> None:
    headers = bearer(signed_in(client, make_person(hub.context, LoginRole.SUPERADMIN, "admin@hub.example")))
    clock.advance(settings.login_session_ttl_s * 1_000)
    assert client.get("/api/v1/admin/logins", headers=headers).status_code == 401


def test_whatever_is_wrong_the_answer_is_the_same(
    client: httpx.Client, hub: Hub, settings: Settings, run: Callable[..., Any]
) -> None:
    superadmin = make_person(hub.context, LoginRole.SUPERADMIN, "admin@hub.example")
    disabled = make_person(hub.context, LoginRole.AUDITOR, "disabled@hub.example")
    locked = make_person(hub.context, LoginRole.AUDITOR, "locked@hub.example")
    path = f"/api/v1/admin/logins/{disabled.id}/disable"
    assert client.post(path, headers=bearer(signed_in(client, superadmin))).status_code == 200
    for _ in range(settings.login_tries):
        try_in(client, locked.email, WRONG)
    answers = {
        "unknown": try_in(client, "nobody@hub.example"),
        "no address at all": try_in(client, "'; --"),
        "wrong": try_in(client, superadmin.email, WRONG),
        "wrong and long": try_in(client, superadmin.email, PASSWORD + "x" * 200),
        "disabled": try_in(client, disabled.email),
        "locked": try_in(client, locked.email),
    }
    told = {
        name: (
            answer.status_code,
            answer.json() | {"request_id": ""},
            answer.headers.keys(),
            answer.headers["content-length"],
        )
        for name, answer in answers.items()
    }
    assert answers["unknown"].json()["code"] == "UNAUTHENTICATED"
    assert all(one == told["unknown"] for one in told.values()), told
    refused = audited(run, "SIGN_IN_REFUSED")
    assert len(refused) == len(answers) + settings.login_tries
    assert audited(run, "LOGIN_LOCKED") == [("LOGIN_LOCKED", "address", locked.id)]


def test_every_refusal_takes_one_check_of_a_password(hub: Hub) -> None:
    context, passwords = hub.context, CountedPasswords(COST)
    desk = SignInDesk(context, passwords, TotpSecrets(hub.keys.pepper, context.random_bytes))
    make_person(context, LoginRole.SUPERADMIN, "admin@hub.example")
    for email, password in [
        ("admin@hub.example", PASSWORD),
        ("admin@hub.example", WRONG),
        ("admin@hub.example", "x" * 200),
        ("nobody@hub.example", PASSWORD),
        *[("admin@hub.example", WRONG)] * 9,
    ]:
        before = passwords.checks
        sign_in(desk, email=email, password=password, totp=None, address="192.0.2.1")
        assert passwords.checks == before + 1, email


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"email": "admin@hub.example"},
        {"email": "admin@hub.example", "password": ""},
        {"email": "admin@hub.example", "password": "x" * 257},
        {"email": "admin@hub.example", "password": 5},
        {"email": ["admin@hub.example"], "password": PASSWORD},
        {"email": "admin@hub.example", "password": PASSWORD, "totp": "12345"},
        {"email": "admin@hub.example", "password": PASSWORD, "totp": "１２３４５６"},
        {"email": "admin@hub.example", "password": PASSWORD, "role": "superadmin"},
    ],
)
def test_rubbish_gets_a_coded_error_that_echoes_nothing(client: httpx.Client, body: object) -> None:
    refused = client.post("/api/v1/auth/password", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert PASSWORD not in refused.text


def test_a_crowd_of_sign_ins_is_shed_before_anything_is_counted(hub: Hub) -> None:
    context, passwords = hub.context, Passwords(COST)
    desk = SignInDesk(context, passwords, TotpSecrets(hub.keys.pepper, context.random_bytes))
    held = [passwords.in_line() for _ in range(IN_LINE)]
    for place in held:
        place.__enter__()
    with pytest.raises(CodedError) as shed:
        sign_in(desk, email="a@b.example", password=PASSWORD, totp=None, address="192.0.2.1")
    assert shed.value.code is Code.SYSTEM_BUSY
    for place in held:
        place.__exit__(None, None, None)
    assert sign_in(desk, email="a@b.example", password=PASSWORD, totp=None, address="192.0.2.1") is None


class TestOnesOwnPassword:
    NEW = "another long one 5"

    def _change(self, client: httpx.Client, headers: dict[str, str], old: str, new: str) -> httpx.Response:
        body = {"old_password": old, "new_password": new}
        return client.put("/api/v1/auth/password", json=body, headers=headers)

    @pytest.mark.parametrize("is_merchants", [False, True])
    def test_another_password_ends_every_session_but_the_one_that_asks(
        self, client: httpx.Client, hub: Hub, run: Callable[..., Any], is_merchants: bool
    ) -> None:
        shop = make_shop(hub.context) if is_merchants else None
        role = LoginRole.OWNER if is_merchants else LoginRole.SUPERADMIN
        person = make_person(hub.context, role, "someone@hub.example", shop)
        here, there = signed_in(client, person), signed_in(client, person)
        reads = "/api/v1/merchant/api-keys" if is_merchants else "/api/v1/admin/logins"
        assert self._change(client, bearer(here), PASSWORD, self.NEW).status_code == 204
        assert client.get(reads, headers=bearer(here)).status_code == 200
        assert client.get(reads, headers=bearer(there)).status_code == 401
        refresh = {
            name: client.post("/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
            for name, tokens in (("here", here), ("there", there))
        }
        assert (refresh["here"].status_code, refresh["there"].status_code) == (200, 401)
        assert try_in(client, person.email).status_code == 401
        assert try_in(client, person.email, self.NEW).status_code == 200
        kind = "merchant" if is_merchants else "admin"
        assert audited(run, "PASSWORD_CHANGED") == [("PASSWORD_CHANGED", kind, person.id)]

    @pytest.mark.parametrize(
        ("new", "pointer"),
        [
            ("short", "/new_password"),
            ("界" * 25, "/new_password"),
            ("aaaaaaaaaaaaaa", "/new_password"),
            ("my own SOMEONE 123", "/new_password"),
            (PASSWORD, "/new_password"),
        ],
    )
    def test_a_password_that_does_not_do_is_refused_with_the_field(
        self, client: httpx.Client, hub: Hub, new: str, pointer: str
    ) -> None:
        person = make_person(hub.context, LoginRole.AUDITOR, "someone@hub.example")
        refused = self._change(client, bearer(signed_in(client, person)), PASSWORD, new)
        assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
        assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
        assert try_in(client, person.email).status_code == 200

    def test_a_stolen_session_guesses_the_password_no_faster(
        self, client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock
    ) -> None:
        headers = bearer(signed_in(client, make_person(hub.context, LoginRole.AUDITOR, "a@hub.example")))
        answers = [
            self._change(client, headers, f"a guess {n} of it", self.NEW) for n in range(settings.login_tries)
        ]
        assert {answer.json()["errors"][0]["pointer"] for answer in answers} == {"/old_password"}
        shut = self._change(client, headers, PASSWORD, self.NEW)
        assert (shut.status_code, shut.headers["Retry-After"]) == (429, str(settings.login_lock_s))
        clock.advance(settings.login_lock_s * 1_000)
        assert self._change(client, headers, PASSWORD, self.NEW).status_code == 204

    def test_it_takes_a_session(self, client: httpx.Client) -> None:
        assert self._change(client, {}, PASSWORD, self.NEW).status_code == 401


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("twelve chars", True),
        ("eleven char", False),
        ("é" * 6 + "abcdef", True),
        ("x1y2z3" * 12, True),
        ("x1y2z3" * 12 + "x", False),
        ("abababababab", False),
    ],
)
def test_length_counts_and_what_bcrypt_would_not_read_is_refused(password: str, is_good: bool) -> None:
    assert (password_fault(password, "owner@shop.example") is None) is is_good


def test_one_password_written_in_two_ways_is_one() -> None:
    passwords = Passwords(COST)
    assert passwords.check("cafe\u0301 au lait 123", passwords.hash("caf\u00e9 au lait 123"))


def test_nobodys_password_is_never_right() -> None:
    passwords = Passwords(COST)
    assert not passwords.check(PASSWORD, None)
    assert not passwords.check("y" * 73, passwords.hash("y" * 72))


def test_a_login_disabled_between_check_and_commit_opens_nothing(hub: Hub) -> None:
    context = hub.context
    person = make_person(context, LoginRole.AUDITOR, "a@hub.example")

    class Meanwhile(Passwords):
        def check(self, password: str, password_hash: str | None) -> bool:
            is_right = super().check(password, password_hash)
            context.database.run(
                lambda c: c.exec_driver_sql(f"UPDATE logins SET status = '{LoginStatus.DISABLED.value}'")
            )
            return is_right

    desk = SignInDesk(context, Meanwhile(COST), TotpSecrets(hub.keys.pepper, context.random_bytes))
    assert sign_in(desk, email=person.email, password=PASSWORD, totp=None, address="192.0.2.1") is None
