"""Admins and a merchant's people who can sign in at the hub under test."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from hub_server.access import LoginKind, LoginRole, NewLogin, Passwords, create_login
from hub_server.audit import SYSTEM
from hub_server.foundation.context import Context
from hub_server.merchants import NewStore, create_merchant, create_store

PASSWORD = "correct horse battery"
COST = 4


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant with a store."""

    merchant_id: str
    store_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a login; the password is PASSWORD."""

    id: str
    email: str


def make_person(context: Context, role: LoginRole, email: str, shop: Shop | None = None) -> Person:
    """Make a login of a role; with a shop, of its merchant."""
    new = NewLogin(
        email=email,
        name=email.partition("@")[0],
        kind=LoginKind.ADMIN if shop is None else LoginKind.MERCHANT,
        role=role,
        merchant_id=None if shop is None else shop.merchant_id,
        store_id=shop.store_id if shop is not None and role is LoginRole.MANAGER else None,
    )
    hashed = Passwords(COST).hash(PASSWORD)
    at = context.clock.now()
    row = context.database.run(lambda c: create_login(c, context, new, hashed, at=at, actor=SYSTEM))
    return Person(row.id, row.email)


def make_shop(context: Context, name: str = "好味鮮") -> Shop:
    """Make a merchant with a store."""
    at = context.clock.now()

    def make(connection: Any) -> Shop:
        merchant = create_merchant(connection, context, name=name, at=at, actor=SYSTEM)
        new = NewStore(merchant_id=merchant.id, name="信義店", address="臺北市")
        return Shop(merchant.id, create_store(connection, context, new, at=at, actor=SYSTEM).id)

    return context.database.run(make)


def try_in(
    client: httpx.Client, email: str, password: str = PASSWORD, *, totp: str | None = None, address: str = ""
) -> httpx.Response:
    """One try to sign in; `address`: where a proxy on this machine says it comes from."""
    body = {"email": email, "password": password} | ({} if totp is None else {"totp": totp})
    headers = {"X-Forwarded-For": address} if address else {}
    return client.post("/api/v1/auth/password", json=body, headers=headers)


def signed_in(client: httpx.Client, person: Person, **more: Any) -> dict[str, Any]:
    """The tokens of a sign-in."""
    answer = try_in(client, person.email, **more)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, Any] = answer.json()
    return tokens


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The header of a session."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def audited(run: Callable[..., Any], *names: str) -> list[tuple[str, str, str]]:
    """Name, who and whom of the audit events of those names, in order."""
    rows = run(
        lambda connection: connection.exec_driver_sql(
            "SELECT name, actor_kind, subject_id FROM audit_events ORDER BY id"
        ).all()
    )
    return [tuple(row) for row in rows if row[0] in names]
