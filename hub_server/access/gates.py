"""Who asks, and whether they may: one gate for each kind of caller but members and terminals.

Each declares its scheme, and the permission or scope it asks for, in the OpenAPI document, so that nobody has to
guess which routes are open and to whom.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub_server.access.api_keys import merchant_of_api_key
from hub_server.access.permissions import PERMISSIONS, ROLES, Permission, may
from hub_server.access.queries import ApiKeyRow
from hub_server.access.queries.logins import LoginRow, login_of
from hub_server.access.sessions import session_subject
from hub_server.access.states import LoginKind, LoginStatus, SessionKind
from hub_server.audit import Actor
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.rate_limits import Caller, CallerKind, tell_caller
from shared.problems import Code, CodedError

_ROLES_TOLD = "; ".join(
    f"{role.value}: {', '.join(sorted(PERMISSIONS[role]))}" for role in sorted(ROLES[LoginKind.ADMIN])
)
_admin_scheme = HTTPBearer(
    scheme_name="admin",
    description=f"A hub admin's access token. What each role may do: {_ROLES_TOLD}",
    auto_error=False,
)
merchant_scheme = HTTPBearer(
    scheme_name="merchant", description="An access token of a merchant's owner or manager", auto_error=False
)
key_scheme = HTTPBearer(scheme_name="merchant_key", description="A merchant's API key", auto_error=False)
AdminToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_admin_scheme)]
MerchantToken = Annotated[HTTPAuthorizationCredentials | None, Depends(merchant_scheme)]


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
class LoginSession:
    """Somebody who signed in with a password."""

    login: LoginRow
    token: str = field(repr=False)


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

    needed = Security(_admin_scheme, scopes=[permission.value])

    def signed_in_admin(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, needed]
    ) -> AdminSession:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN."""
        login, token = _signed_in(context, request, credentials, (LoginKind.ADMIN,))
        _hold_to(login, permission)
        return AdminSession(login, token)

    return signed_in_admin


def merchant_gate(context: Context, permission: Permission) -> Callable[..., MerchantSession]:
    """A dependency: a signed-in person of a merchant who has the permission."""

    needed = Security(merchant_scheme, scopes=[permission.value])

    def signed_in_merchant(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, needed]
    ) -> MerchantSession:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN."""
        login, token = _signed_in(context, request, credentials, (LoginKind.MERCHANT,))
        if login.merchant_id is None:
            raise CodedError(Code.UNAUTHENTICATED)
        _hold_to(login, permission)
        return MerchantSession(login, login.merchant_id, token)

    return signed_in_merchant


def key_gate(context: Context, scope: str) -> Callable[..., KeyHolder]:
    """A dependency: a merchant's API key that has the scope (`charge`, `refund`, `read`)."""

    needed = Security(key_scheme, scopes=[scope])

    def holder_of_key(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, needed]
    ) -> KeyHolder:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN."""
        if credentials is None:
            raise CodedError(Code.UNAUTHENTICATED, "an API key is needed")
        shown, at = credentials.credentials, context.clock.now()
        key = context.database.read(lambda connection: merchant_of_api_key(connection, shown, at))
        if key is None:
            raise CodedError(Code.UNAUTHENTICATED, "the API key is not known, or was revoked")
        tell_caller(request.scope, Caller(CallerKind.KEY, key.id))
        if scope not in key.scopes:
            raise CodedError(Code.FORBIDDEN, f"the API key has no scope '{scope}'")
        return KeyHolder(key)

    return holder_of_key


def login_gate(context: Context) -> Callable[..., LoginSession]:
    """A dependency: an admin or a merchant's person, whatever the permissions: for the own login."""

    def signed_in_with_password(
        request: Request, credentials: AdminToken, _same: MerchantToken
    ) -> LoginSession:
        """Raises CodedError: UNAUTHENTICATED."""
        return LoginSession(*_signed_in(context, request, credentials, tuple(LoginKind)))

    return signed_in_with_password


def _signed_in(
    context: Context,
    request: Request,
    credentials: HTTPAuthorizationCredentials | None,
    kinds: Sequence[LoginKind],
) -> tuple[LoginRow, str]:
    if credentials is None:
        raise CodedError(Code.UNAUTHENTICATED, "an access token is needed")
    token, at = credentials.credentials, context.clock.now()
    login = context.database.read(lambda connection: _login_of_token(connection, kinds, token, at))
    if login is None or login.status is not LoginStatus.ACTIVE:
        raise CodedError(Code.UNAUTHENTICATED, "the access token is not good, or no longer")
    tell_caller(request.scope, Caller(CallerKind.PERSON, login.id))
    return login, token


def _login_of_token(
    connection: Connection, kinds: Sequence[LoginKind], token: str, at: datetime
) -> LoginRow | None:
    for kind in kinds:
        login_id = session_subject(connection, SessionKind(kind.value), token, at)
        if login_id is not None:
            return login_of(connection, login_id)
    return None


def _hold_to(login: LoginRow, permission: Permission) -> None:
    if not may(login.role, permission):
        raise CodedError(Code.FORBIDDEN, f"this needs the permission '{permission.value}'")
