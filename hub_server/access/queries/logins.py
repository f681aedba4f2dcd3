"""Rows of logins: who signs in with a password."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, case, func, insert, literal, null, or_, select, tuple_, update

from hub_server.access.states import LoginKind, LoginRole, LoginStatus, SessionKind
from hub_server.access.tables import logins
from hub_server.foundation.storage import InstantColumn, insert_new_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRow:
    """A hub admin, or one of a merchant's people; the password's bcrypt hash, the TOTP secret sealed.

    Attributes:
        merchant_id: of a merchant's person; `store_id` holds a manager to one store.
        totp_last_step: the last 30-second step whose digits were used.
        created_by, reset_by: admins who were shown a password of it.
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
    created_by: str | None = None
    reset_by: str | None = None

    @property
    def session_kind(self) -> SessionKind:
        """The kind of its sessions."""
        return SessionKind(self.kind.value)

    @property
    def has_totp(self) -> bool:
        """Whether signing in takes digits; a secret that was never confirmed asks for none."""
        return self.totp_sealed is not None and self.totp_last_step is not None


def insert_login(connection: Connection, login: LoginRow) -> None:
    """Write a login; its e-mail address in lower case."""
    connection.execute(insert(logins).values(**_values(login)))


def login_by_email(connection: Connection, email: str) -> LoginRow | None:
    """The login with this address, whatever its case."""
    row = connection.execute(select(logins).where(logins.c.email == email.lower())).first()
    return None if row is None else _login(row)


def login_of(connection: Connection, login_id: str) -> LoginRow | None:
    """The login with this id."""
    row = connection.execute(select(logins).where(logins.c.id == login_id)).first()
    return None if row is None else _login(row)


def insert_login_once(connection: Connection, login: LoginRow) -> bool:
    """Write a login unless its address is another's; whether it was written."""
    insert_new_rows(connection, logins, [_values(login)])
    there = login_by_email(connection, login.email)
    return there is not None and there.id == login.id


def logins_page(connection: Connection, *, after: tuple[datetime, str] | None, limit: int) -> list[LoginRow]:
    """Logins, the newest first, from after a place in the list."""
    query = select(logins)
    if after is not None:
        query = query.where(tuple_(logins.c.created_at, logins.c.id) < after)
    query = query.order_by(logins.c.created_at.desc(), logins.c.id.desc()).limit(limit)
    return [_login(row) for row in connection.execute(query)]


def take_login_try(
    connection: Connection, login_id: str, *, tries: int, lock: timedelta, at: datetime
) -> int | None:
    """Count one try before the password is compared; the count, or none while the login is locked.

    The last try that is allowed locks it at once: many at the same moment get no more of them than one after
    the other.
    """
    was_locked = logins.c.locked_until.is_not(None)
    now_tried = case((was_locked, 1), else_=logins.c.wrong_tries + 1)
    return connection.execute(
        update(logins)
        .where(logins.c.id == login_id, or_(logins.c.locked_until.is_(None), logins.c.locked_until <= at))
        .values(
            wrong_tries=now_tried,
            locked_until=case((now_tried >= tries, literal(at + lock, InstantColumn())), else_=null()),
        )
        .returning(logins.c.wrong_tries)
    ).scalar()


def clear_login_tries(connection: Connection, login_id: str) -> None:
    """Forget wrong tries, and unlock."""
    connection.execute(
        update(logins).where(logins.c.id == login_id).values(wrong_tries=0, locked_until=null())
    )


def set_own_password_hash(connection: Connection, login_id: str, seen: str, to: str) -> bool:
    """Compare and set the hash of a password that whoever is signed in chose.

    Who made or reset the login stays on record: it may have been they who signed in (docs/decisions/0008).
    """
    changed = connection.execute(
        update(logins)
        .where(logins.c.id == login_id, logins.c.password_hash == seen)
        .values(password_hash=to)
        .returning(logins.c.id)
    )
    return changed.first() is not None


def reset_password_hash(connection: Connection, login_id: str, to: str, by: str) -> None:
    """Set the hash of a password that the admin `by` is shown."""
    connection.execute(update(logins).where(logins.c.id == login_id).values(password_hash=to, reset_by=by))


def knowers_of(connection: Connection, login_ids: Sequence[str]) -> set[str]:
    """Admins who were shown the present password of any of these logins."""
    found = connection.execute(
        select(logins.c.created_by, logins.c.reset_by).where(logins.c.id.in_(login_ids))
    )
    return {knower for row in found for knower in row if knower is not None}


def set_login_status(connection: Connection, login_id: str, seen: LoginStatus, to: LoginStatus) -> bool:
    """Compare and set the status."""
    moved = connection.execute(
        update(logins)
        .where(logins.c.id == login_id, logins.c.status == seen.value)
        .values(status=to.value)
        .returning(logins.c.id)
    )
    return moved.first() is not None


def count_active_superadmins(connection: Connection) -> int:
    """How many could let others in."""
    return connection.execute(
        select(func.count())
        .select_from(logins)
        .where(logins.c.role == LoginRole.SUPERADMIN.value, logins.c.status == LoginStatus.ACTIVE.value)
    ).scalar_one()


def set_totp(connection: Connection, login_id: str, seen: bytes | None, to: bytes | None) -> bool:
    """Compare and set the sealed secret; a new one waits for its first digits."""
    is_seen = logins.c.totp_sealed.is_(None) if seen is None else logins.c.totp_sealed == seen
    changed = connection.execute(
        update(logins)
        .where(logins.c.id == login_id, is_seen)
        .values(totp_sealed=to, totp_last_step=null())
        .returning(logins.c.id)
    )
    return changed.first() is not None


def confirm_totp(connection: Connection, login_id: str, sealed: bytes, step: int) -> bool:
    """The first digits of a secret that waits for them; compare and set."""
    confirmed = connection.execute(
        update(logins)
        .where(logins.c.id == login_id, logins.c.totp_sealed == sealed, logins.c.totp_last_step.is_(None))
        .values(totp_last_step=step)
        .returning(logins.c.id)
    )
    return confirmed.first() is not None


def use_totp_step(connection: Connection, login_id: str, sealed: bytes, step: int) -> bool:
    """Compare and set: the digits of a step, and of those before it, are good once."""
    used = connection.execute(
        update(logins)
        .where(logins.c.id == login_id, logins.c.totp_sealed == sealed, logins.c.totp_last_step < step)
        .values(totp_last_step=step)
        .returning(logins.c.id)
    )
    return used.first() is not None


def _values(login: LoginRow) -> dict[str, object]:
    return {
        "id": login.id,
        "kind": login.kind.value,
        "email": login.email.lower(),
        "name": login.name,
        "role": login.role.value,
        "merchant_id": login.merchant_id,
        "store_id": login.store_id,
        "password_hash": login.password_hash,
        "totp_sealed": login.totp_sealed,
        "totp_last_step": login.totp_last_step,
        "status": login.status.value,
        "created_at": login.created_at,
        "created_by": login.created_by,
        "reset_by": login.reset_by,
    }


def _login(row: Row[tuple[object, ...]]) -> LoginRow:
    values = dict(row._mapping)
    values |= {
        "kind": LoginKind(row.kind),
        "role": LoginRole(row.role),
        "status": LoginStatus(row.status),
    }
    return LoginRow(**values)
