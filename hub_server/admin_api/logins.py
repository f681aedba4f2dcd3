"""`/admin/logins`: who signs in with a password, the hub's admins and merchants' people."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from hub_server.access import (
    AdminSession,
    LoginKind,
    LoginRole,
    LoginRow,
    LoginStatus,
    NewLogin,
    Passwords,
    Permission,
    admin_gate,
    create_login,
    disable_login,
    enable_login,
    fresh_password,
    list_logins,
    reset_password,
)
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.problems import Code

_NO_SUCH_LOGIN = problems(Code.NOT_FOUND)


class LoginWanted(Request):
    """A merchant's person is of a `merchant_id`, a manager of one of its stores too."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    kind: Literal["admin", "merchant"]
    role: Literal["superadmin", "operator", "finance", "auditor", "owner", "manager"]
    merchant_id: Uuid7Text | None = None
    store_id: Uuid7Text | None = None


class Login(Message):
    """A login; `locked_until`: strangers' addresses have guessed too often.

    `created_by`, `reset_by`: admins who were shown its password; none once its holder has set another.
    """

    id: str
    kind: LoginKind
    email: str
    name: str
    role: LoginRole
    merchant_id: str | None
    store_id: str | None
    status: LoginStatus
    has_totp: bool
    locked_until: WireInstant | None
    created_at: WireInstant
    created_by: str | None
    reset_by: str | None

    @classmethod
    def of(cls, row: LoginRow) -> "Login":
        """The message of a row."""
        return cls(
            id=row.id,
            kind=row.kind,
            email=row.email,
            name=row.name,
            role=row.role,
            merchant_id=row.merchant_id,
            store_id=row.store_id,
            status=row.status,
            has_totp=row.has_totp,
            locked_until=row.locked_until,
            created_at=row.created_at,
            created_by=row.created_by,
            reset_by=row.reset_by,
        )


class LoginList(Message):
    """A page, the newest first."""

    items: tuple[Login, ...]
    next_cursor: str | None


class LoginWithPassword(Message):
    """A login and the password to begin with, shown once."""

    login: Login
    initial_password: Annotated[str, Field(repr=False)]


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/logins", tags=["admin"])
    _add_making(routes, context)
    _add_status(routes, context)
    return routes


def _add_making(routes: APIRouter, context: Context) -> None:
    admins = Depends(admin_gate(context, Permission.ADMINS))
    passwords = Passwords(context.settings.password_bcrypt_cost)

    @routes.get("")
    def logins(
        _session: Annotated[AdminSession, admins], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> LoginList:
        """Everybody who signs in with a password, the newest first."""
        rows, after = context.database.read(lambda c: list_logins(c, limit=limit, cursor=cursor))
        return LoginList(items=tuple(Login.of(row) for row in rows), next_cursor=after)

    @routes.post("", status_code=201)
    def make_login(session: Annotated[AdminSession, admins], body: LoginWanted) -> LoginWithPassword:
        """A login for an admin or one of a merchant's people; its first password is in the answer alone."""
        at = context.clock.now()
        new = NewLogin(
            email=body.email,
            name=body.name,
            kind=LoginKind(body.kind),
            role=LoginRole(body.role),
            merchant_id=body.merchant_id,
            store_id=body.store_id,
        )
        password = fresh_password(passwords, context.random_bytes)
        row = context.database.run(
            lambda c: create_login(c, context, new, password.hash, at=at, actor=session.actor)
        )
        return LoginWithPassword(login=Login.of(row), initial_password=password.text)

    @routes.post("/{login_id}/reset-password", responses=problems(Code.NOT_FOUND, Code.FORBIDDEN))
    def give_new_password(session: Annotated[AdminSession, admins], login_id: PathId) -> LoginWithPassword:
        """Another first password: the second factor is taken off, the lock opened, every session ended. Not one's own."""
        at = context.clock.now()
        password = fresh_password(passwords, context.random_bytes)
        row = context.database.run(
            lambda c: reset_password(c, login_id, password.hash, by=session.login, at=at)
        )
        return LoginWithPassword(login=Login.of(row), initial_password=password.text)


def _add_status(routes: APIRouter, context: Context) -> None:
    admins = Depends(admin_gate(context, Permission.ADMINS))

    @routes.post("/{login_id}/disable", responses=problems(Code.NOT_FOUND, Code.FORBIDDEN))
    def disable(session: Annotated[AdminSession, admins], login_id: PathId) -> Login:
        """Let it sign in no more; its sessions end at once. Not oneself, nor the last superadmin."""
        at = context.clock.now()
        return Login.of(context.database.run(lambda c: disable_login(c, login_id, by=session.login, at=at)))

    @routes.post("/{login_id}/enable", responses=_NO_SUCH_LOGIN)
    def enable(session: Annotated[AdminSession, admins], login_id: PathId) -> Login:
        """Let it sign in again."""
        at = context.clock.now()
        return Login.of(context.database.run(lambda c: enable_login(c, login_id, at=at, actor=session.actor)))
