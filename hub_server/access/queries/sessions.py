"""Rows of sessions, and of the refresh tokens that open the next one."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, or_, select, update

from hub_server.access.states import SessionKind
from hub_server.access.tables import refresh_tokens, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session; `subject` is a member's or login's id, of a registration the proven phone.

    `family`: the sign-in that it comes from; none for a session without a refresh token.
    """

    token_hash: bytes = field(repr=False)
    kind: SessionKind
    subject: str = field(repr=False)
    created_at: datetime
    expires_at: datetime
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRow:
    """A refresh token; `expires_at` is the end of its whole family."""

    token_hash: bytes = field(repr=False)
    family: str
    kind: SessionKind
    subject: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def insert_session(connection: Connection, session: SessionRow) -> None:
    """Write a session."""
    connection.execute(
        insert(sessions).values(
            token_hash=session.token_hash,
            kind=session.kind.value,
            subject=session.subject,
            created_at=session.created_at,
            expires_at=session.expires_at,
            family=session.family,
        )
    )


def subject_of(connection: Connection, kind: SessionKind, token_hash: bytes, at: datetime) -> str | None:
    """Whose session the token opens now."""
    return connection.execute(
        select(sessions.c.subject).where(_is_open(token_hash, at), sessions.c.kind == kind.value)
    ).scalar()


def end_session(connection: Connection, kind: SessionKind, token_hash: bytes, at: datetime) -> str | None:
    """End it once; its subject, or none if it was not open."""
    return connection.execute(
        update(sessions)
        .where(_is_open(token_hash, at), sessions.c.kind == kind.value)
        .values(revoked_at=at)
        .returning(sessions.c.subject)
    ).scalar()


def open_session_of(connection: Connection, token_hash: bytes, at: datetime) -> SessionRow | None:
    """The session that the token opens now, whoever's."""
    row = connection.execute(select(sessions).where(_is_open(token_hash, at))).first()
    if row is None:
        return None
    return SessionRow(
        token_hash=row.token_hash,
        kind=SessionKind(row.kind),
        subject=row.subject,
        created_at=row.created_at,
        expires_at=row.expires_at,
        family=row.family,
    )


def end_family(connection: Connection, family: str, at: datetime) -> None:
    """End every session and refresh token that comes from one sign-in."""
    for table in (sessions, refresh_tokens):
        connection.execute(
            update(table).where(table.c.family == family, table.c.revoked_at.is_(None)).values(revoked_at=at)
        )


def end_all_of(
    connection: Connection, kind: SessionKind, subject: str, at: datetime, spared: SessionRow | None
) -> None:
    """End every session and refresh token of somebody, but those of one sign-in."""
    for table in (sessions, refresh_tokens):
        connection.execute(
            update(table)
            .where(
                table.c.kind == kind.value,
                table.c.subject == subject,
                table.c.revoked_at.is_(None),
                *(() if spared is None else (_is_other(table, spared),)),
            )
            .values(revoked_at=at)
        )


def insert_refresh_token(connection: Connection, token: RefreshRow) -> None:
    """Write a refresh token."""
    connection.execute(
        insert(refresh_tokens).values(
            token_hash=token.token_hash,
            family=token.family,
            kind=token.kind.value,
            subject=token.subject,
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def refresh_token_of(connection: Connection, token_hash: bytes) -> RefreshRow | None:
    """The refresh token with this hash, used or not."""
    row = connection.execute(select(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)).first()
    if row is None:
        return None
    return RefreshRow(**dict(row._mapping) | {"kind": SessionKind(row.kind)})


def use_refresh_token(connection: Connection, token_hash: bytes, at: datetime) -> bool:
    """Compare and set: it is used once, and not after its end."""
    used = connection.execute(
        update(refresh_tokens)
        .where(
            refresh_tokens.c.token_hash == token_hash,
            refresh_tokens.c.used_at.is_(None),
            refresh_tokens.c.revoked_at.is_(None),
            refresh_tokens.c.expires_at > at,
        )
        .values(used_at=at)
        .returning(refresh_tokens.c.family)
    )
    return used.first() is not None


def forget_ended_sessions(connection: Connection, ended: datetime) -> None:
    """Drop sessions and refresh tokens whose time was over by then."""
    for table in (sessions, refresh_tokens):
        connection.execute(delete(table).where(table.c.expires_at < ended))


def _is_open(token_hash: bytes, at: datetime) -> ColumnElement[bool]:
    return and_(
        sessions.c.token_hash == token_hash, sessions.c.revoked_at.is_(None), sessions.c.expires_at > at
    )


def _is_other(table: Table, spared: SessionRow) -> ColumnElement[bool]:
    if spared.family is None:
        return table.c.token_hash != spared.token_hash
    return or_(table.c.family.is_(None), table.c.family != spared.family)
