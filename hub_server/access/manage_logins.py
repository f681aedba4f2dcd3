"""Use cases about logins of others: made, disabled, enabled, given a new password."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hub_server.access.attempts import forget_tries
from hub_server.access.passwords import Passwords
from hub_server.access.permissions import ROLES
from hub_server.access.queries import (
    LoginRow,
    count_active_superadmins,
    insert_login_once,
    login_of,
    logins_page,
    reset_password_hash,
    set_login_status,
    set_totp,
)
from hub_server.access.rules import INITIAL_PASSWORD_BYTES, initial_password
from hub_server.access.sessions import revoke_sessions
from hub_server.access.states import LoginKind, LoginRole, LoginStatus
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.foundation.web.paging import read_place, write_place
from hub_server.merchants import find_merchant, find_store
from shared.ids import is_uuid7
from shared.problems import Code, CodedError, FieldError

MAX_EMAIL_CHARACTERS = 254
MAX_NAME_CHARACTERS = 64
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLogin:
    """Who is to sign in: an admin, or one of a merchant's people; a manager is of one store."""

    email: str
    name: str
    kind: LoginKind
    role: LoginRole
    merchant_id: str | None = None
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class FreshPassword:
    """A password that is shown once, and what is kept of it."""

    text: str = field(repr=False)
    hash: str = field(repr=False)


def fresh_password(passwords: Passwords, random_bytes: Callable[[int], bytes]) -> FreshPassword:
    """A password to begin with. Slow: before the transaction."""
    text = initial_password(random_bytes(INITIAL_PASSWORD_BYTES))
    return FreshPassword(text, passwords.hash(text))


def create_login(
    connection: Connection, context: Context, new: NewLogin, password_hash: str, *, at: datetime, actor: Actor
) -> LoginRow:
    """Make a login, whose first password an admin who made it is shown.

    Raises:
        CodedError: INVALID_REQUEST; no such role for its kind, no such merchant or store, the e-mail address
            is no address or another's.
    """
    _refuse_misfits(connection, new)
    login = LoginRow(
        id=context.ids.new(),
        kind=new.kind,
        email=new.email.lower(),
        name=new.name,
        role=new.role,
        merchant_id=new.merchant_id,
        store_id=new.store_id,
        password_hash=password_hash,
        created_at=at,
        created_by=actor.id if actor.kind == LoginKind.ADMIN.value else None,
    )
    if not insert_login_once(connection, login):
        raise _refused("/email", "another login has this address")
    record(connection, at, [actor.did(AuditName.LOGIN_CREATED, "login", login.id, role=login.role.value)])
    return login


def disable_login(connection: Connection, login_id: str, *, by: LoginRow, at: datetime) -> LoginRow:
    """Let it sign in no more, and end its sessions. Nothing happens if it is disabled already.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for oneself, and for the last superadmin.
    """
    # One at a time, or two superadmins could disable each other.
    lock_rows(connection, "logins", ["status"])
    login = _existing(connection, login_id)
    if login.id == by.id:
        raise CodedError(Code.FORBIDDEN, "nobody disables the own login")
    if login.status is LoginStatus.DISABLED:
        return login
    if login.role is LoginRole.SUPERADMIN and count_active_superadmins(connection) <= 1:
        raise CodedError(Code.FORBIDDEN, "the last superadmin stays")
    set_login_status(connection, login.id, LoginStatus.ACTIVE, LoginStatus.DISABLED)
    revoke_sessions(connection, login.session_kind, login.id, at)
    record(connection, at, [Actor("admin", by.id).did(AuditName.LOGIN_DISABLED, "login", login.id)])
    return _existing(connection, login_id)


def enable_login(connection: Connection, login_id: str, *, at: datetime, actor: Actor) -> LoginRow:
    """Let it sign in again, unlocked. Nothing happens if it is active already.

    Raises:
        CodedError: NOT_FOUND.
    """
    lock_rows(connection, "logins", ["status"])
    login = _existing(connection, login_id)
    if login.status is LoginStatus.DISABLED:
        set_login_status(connection, login.id, LoginStatus.DISABLED, LoginStatus.ACTIVE)
        forget_tries(connection, login.id)
        record(connection, at, [actor.did(AuditName.LOGIN_ENABLED, "login", login.id)])
    return _existing(connection, login_id)


def reset_password(
    connection: Connection, login_id: str, password_hash: str, *, by: LoginRow, at: datetime
) -> LoginRow:
    """Give it another password, unlock it and end its sessions; a second factor is gone with the phone it was on.

    Whoever resets it is shown the password, and is on record for it.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for oneself: a stolen session must prove the password to change it.
    """
    login = _existing(connection, login_id)
    if login.id == by.id:
        raise CodedError(Code.FORBIDDEN, "the own password is changed, not reset")
    reset_password_hash(connection, login.id, password_hash, by.id)
    forget_tries(connection, login.id)
    set_totp(connection, login.id, login.totp_sealed, None)
    revoke_sessions(connection, login.session_kind, login.id, at)
    event = Actor("admin", by.id).did(
        AuditName.PASSWORD_CHANGED, "login", login.id, reset=True, totp_removed=login.has_totp
    )
    record(connection, at, [event])
    return _existing(connection, login_id)


def list_logins(
    connection: Connection, *, limit: int, cursor: str | None
) -> tuple[list[LoginRow], str | None]:
    """Logins, the newest first; and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    after = None if cursor is None else read_place(cursor)
    found = logins_page(connection, after=after, limit=limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return page, write_place(page[-1].created_at, page[-1].id) if more else None


def _existing(connection: Connection, login_id: str) -> LoginRow:
    login = login_of(connection, login_id) if is_uuid7(login_id) else None
    if login is None:
        raise CodedError(Code.NOT_FOUND)
    return login


def _refuse_misfits(connection: Connection, new: NewLogin) -> None:
    if len(new.email) > MAX_EMAIL_CHARACTERS or not _EMAIL.fullmatch(new.email):
        raise _refused("/email", "not an e-mail address")
    if not 1 <= len(new.name) <= MAX_NAME_CHARACTERS:
        raise _refused("/name", f"1 to {MAX_NAME_CHARACTERS} characters")
    if new.role not in ROLES[new.kind]:
        raise _refused("/role", f"no role of a login of kind '{new.kind.value}'")
    if new.kind is LoginKind.ADMIN:
        if new.merchant_id is not None or new.store_id is not None:
            raise _refused("/merchant_id", "an admin is of no merchant")
        return
    if new.merchant_id is None or not is_uuid7(new.merchant_id):
        raise _refused("/merchant_id", "no such merchant")
    if find_merchant(connection, new.merchant_id) is None:
        raise _refused("/merchant_id", "no such merchant")
    if (new.role is LoginRole.MANAGER) != (new.store_id is not None):
        raise _refused("/store_id", "a manager is of one store, an owner of all")
    if new.store_id is not None:
        store = find_store(connection, new.store_id) if is_uuid7(new.store_id) else None
        if store is None or store.merchant_id != new.merchant_id:
            raise _refused("/store_id", "no such store of the merchant")


def _refused(pointer: str, detail: str) -> CodedError:
    return CodedError(Code.INVALID_REQUEST, fields=(FieldError(pointer=pointer, detail=detail),))
