"""Who asks, and whether they may: one gate for each kind of caller but members and terminals.

Each declares its scheme in the OpenAPI document, so that nobody has to guess which routes are open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub_server.access.api_keys import merchant_of_api_key
from hub_server.access.permissions import Permission, may
from hub_server.access.queries import ApiKeyRow
from hub_server.access.queries.logins import LoginRow, login_of
from hub_server.access.sessions import session_subject
from hub_server.access.states import LoginKind, LoginStatus, SessionKind
from hub_server.audit import Actor
from hub_server.foundation.context import Context
from shared.problems import Code, CodedError

_admin_scheme = HTTPBearer(scheme_name="admin", description="A hub admin's access token", auto_error=False)
merchant_scheme = HTTPBearer(
    scheme_name="merchant", description="An access token of a merchant's owner or manager", auto_error=False
)
key_scheme = HTTPBearer(scheme_name="merchant_key", description="A merchant's API key", auto_error=False)
_AdminToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_admin_scheme)]
_MerchantToken = Annotated[HTTPAuthorizationCredentials | None, Depends(merchant_scheme)]
_Key = Annotated[HTTPAuthorizationCredentials | None, Depends(key_scheme)]


@dataclass(frozen=True, slots=True)
class AdminSession:
    """A signed-in hub admin who has the permission that the route asks for."""

    login: LoginRow
    token: str = field(repr=False)

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit log."""
        return Actor("admin", self.login.id)


@dataclass(frozen=True, slots=True)
class MerchantSession:
    """A signed-in person of a merchant; `store_id` holds a manager to one store (None: all of the merchant's)."""

    login: LoginRow
    merchant_id: str
    token: str = field(repr=False)

    @property
    def store_id(self) -> str | None:
        """The only store that may be touched; None for an owner."""
        return self.login.store_id

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit log."""
        return Actor("merchant", self.login.id)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A merchant's other system, by its API key."""

    key: ApiKeyRow

    @property
    def merchant_id(self) -> str:
        """Whose key it is."""
        return self.key.merchant_id

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit log."""
        return Actor("api_key", self.key.id)


def admin_gate(context: Context, permission: Permission) -> Callable[..., AdminSession]:
    """A dependency: a signed-in admin who has the permission."""

    def signed_in_admin(credentials: _AdminToken) -> AdminSession:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN."""
        login, token = _signed_in(context, credentials, SessionKind.ADMIN, LoginKind.ADMIN, permission)
        return AdminSession(login, token)

    return signed_in_admin


def merchant_gate(context: Context, permission: Permission) -> Callable[..., MerchantSession]:
    """A dependency: a signed-in person of a merchant who has the permission."""

    def signed_in_merchant(credentials: _MerchantToken) -> MerchantSession:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN."""
        login, token = _signed_in(context, credentials, SessionKind.MERCHANT, LoginKind.MERCHANT, permission)
        if login.merchant_id is None:
            raise CodedError(Code.UNAUTHENTICATED)
        return MerchantSession(login, login.merchant_id, token)

    return signed_in_merchant


def key_gate(context: Context, scope: str) -> Callable[..., KeyHolder]:
    """A dependency: a merchant's API key that has the scope (`charge`, `refund`, `read`)."""

    def holder_of_key(credentials: _Key) -> KeyHolder:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN."""
        if credentials is None:
            raise CodedError(Code.UNAUTHENTICATED, "an API key is needed")
        shown, at = credentials.credentials, context.clock.now()
        key = context.database.read(lambda connection: merchant_of_api_key(connection, shown, at))
        if key is None:
            raise CodedError(Code.UNAUTHENTICATED, "the API key is not known, or was revoked")
        if scope not in key.scopes:
            raise CodedError(Code.FORBIDDEN, f"the API key has no scope '{scope}'")
        return KeyHolder(key)

    return holder_of_key


def _signed_in(
    context: Context,
    credentials: HTTPAuthorizationCredentials | None,
    kind: SessionKind,
    login_kind: LoginKind,
    permission: Permission,
) -> tuple[LoginRow, str]:
    if credentials is None:
        raise CodedError(Code.UNAUTHENTICATED, "an access token is needed")
    token, at = credentials.credentials, context.clock.now()
    login_id = context.database.read(lambda connection: session_subject(connection, kind, token, at))
    login = None
    if login_id is not None:
        known = login_id
        login = context.database.read(lambda connection: login_of(connection, known))
    if login is None or login.kind is not login_kind or login.status is not LoginStatus.ACTIVE:
        raise CodedError(Code.UNAUTHENTICATED, "the access token is not good, or no longer")
    if not may(login.role, permission):
        raise CodedError(Code.FORBIDDEN, f"this needs the permission '{permission.value}'")
    return login, token
