"""Admins and merchants' people who are signed in already, straight into a hub's tables."""

from dataclasses import dataclass

from hub_server.access import (
    LoginKind,
    LoginRole,
    LoginRow,
    SessionKind,
    api_key_text,
    insert_login,
    keep_api_key,
    open_session,
)
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection

LIFE_S = 30 * 86_400
"""Longer than any test's clock runs."""
NOBODYS = "$2b$04$" + "." * 53
"""The hash of no password: comparing is possible, and never right."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A login's id, and headers of a request with its access token."""

    login_id: str
    headers: dict[str, str]


def signed_in_admin(context: Context, role: LoginRole = LoginRole.SUPERADMIN) -> SignedIn:
    """A new admin of that role."""
    return _signed_in(context, LoginKind.ADMIN, role, None, None)


def signed_in_merchant(context: Context, merchant_id: str, store_id: str | None = None) -> SignedIn:
    """A new owner of the merchant; a manager if held to a store."""
    role = LoginRole.OWNER if store_id is None else LoginRole.MANAGER
    return _signed_in(context, LoginKind.MERCHANT, role, merchant_id, store_id)


def key_headers(
    context: Context, merchant_id: str, scopes: tuple[str, ...] = ("charge", "refund", "read")
) -> dict[str, str]:
    """Headers of a request with a new API key of the merchant."""
    key = api_key_text(context.random_bytes(32))
    at = context.clock.now()
    context.database.run(
        lambda c: keep_api_key(
            c, key_id=context.ids.new(), key=key, merchant_id=merchant_id, at=at, scopes=scopes
        )
    )
    return {"Authorization": f"Bearer {key}"}


def _signed_in(
    context: Context, kind: LoginKind, role: LoginRole, merchant_id: str | None, store_id: str | None
) -> SignedIn:
    at, login_id = context.clock.now(), context.ids.new()

    def make(connection: Connection) -> str:
        insert_login(
            connection,
            LoginRow(
                id=login_id,
                kind=kind,
                email=f"{login_id}@example.test",
                name=role.value,
                role=role,
                merchant_id=merchant_id,
                store_id=store_id,
                password_hash=NOBODYS,
                created_at=at,
            ),
        )
        opened = open_session(
            connection,
            context.random_bytes,
            kind=SessionKind(kind.value),
            subject=login_id,
            life_s=LIFE_S,
            at=at,
        )
        return opened.token

    token = context.database.run(make)
    return SignedIn(login_id, {"Authorization": f"Bearer {token}"})
