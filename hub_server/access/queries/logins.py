"""Rows of logins: who signs in with a password."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from hub_server.access.states import LoginKind, LoginRole, LoginStatus
from hub_server.access.tables import logins


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRow:
    """A hub admin, or one of a merchant's people; the password's bcrypt hash, the TOTP secret sealed.

    Attributes:
        merchant_id: of a merchant's person; `store_id` holds a manager to one store.
        totp_last_step: the last 30-second step whose digits were used.
    """

    id: str
    kind: LoginKind
    email: str
    name: str = field(repr=False)
    role: LoginRole
    merchant_id: str | None = None
    store_id: str | None = None
    password_hash: str = field(repr=False)
    totp_sealed: bytes | None = field(default=None, repr=False)
    totp_last_step: int | None = None
    status: LoginStatus = LoginStatus.ACTIVE
    wrong_tries: int = 0
    locked_until: datetime | None = None
    created_at: datetime


def insert_login(connection: Connection, login: LoginRow) -> None:
    """Write a login; its e-mail address in lower case."""
    connection.execute(
        insert(logins).values(
            id=login.id,
            kind=login.kind.value,
            email=login.email.lower(),
            name=login.name,
            role=login.role.value,
            merchant_id=login.merchant_id,
            store_id=login.store_id,
            password_hash=login.password_hash,
            totp_sealed=login.totp_sealed,
            totp_last_step=login.totp_last_step,
            status=login.status.value,
            created_at=login.created_at,
        )
    )


def login_by_email(connection: Connection, email: str) -> LoginRow | None:
    """The login with this address, whatever its case."""
    row = connection.execute(select(logins).where(logins.c.email == email.lower())).first()
    return None if row is None else _login(row)


def login_of(connection: Connection, login_id: str) -> LoginRow | None:
    """The login with this id."""
    row = connection.execute(select(logins).where(logins.c.id == login_id)).first()
    return None if row is None else _login(row)


def _login(row: Row[tuple[object, ...]]) -> LoginRow:
    values = dict(row._mapping)
    values |= {
        "kind": LoginKind(row.kind),
        "role": LoginRole(row.role),
        "status": LoginStatus(row.status),
    }
    return LoginRow(**values)
