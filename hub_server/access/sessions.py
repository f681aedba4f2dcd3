"""Sessions: opaque tokens of 32 random bytes, of which only the SHA-256 is kept.

A session of somebody who signed in may come with a refresh token, which opens the next one. All that come from
one sign-in are a family, with one end: a refresh token that comes a second time was stolen, from whom nobody can
tell, and ends its family (RFC 9700, 4.14).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.access.queries import (
    RefreshRow,
    SessionRow,
    end_all_of,
    end_family,
    end_session,
    insert_refresh_token,
    insert_session,
    open_session_of,
    refresh_token_of,
    subject_of,
    use_refresh_token,
)
from hub_server.access.rules import TOKEN_BYTES, token_hash, token_text
from hub_server.access.states import SessionKind
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows

_LOCK = "sessions"


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """Tokens, shown once, and the session's life in seconds."""

    token: str = field(repr=False)
    expires_in: int
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Family:
    """A sign-in that may be refreshed, until it ends."""

    id: str
    ends_at: datetime


def open_session(
    connection: Connection,
    random_bytes: Callable[[int], bytes],
    *,
    kind: SessionKind,
    subject: str,
    life_s: int,
    at: datetime,
    family: Family | None = None,
) -> OpenedSession:
    """Open a session for a member, a login or a proven phone; with a refresh token if it is of a family."""
    lock_rows(connection, _LOCK, [subject])
    token = token_text(random_bytes(TOKEN_BYTES))
    ends_at = at + timedelta(seconds=life_s)
    if family is not None:
        ends_at = min(ends_at, family.ends_at)
    insert_session(
        connection,
        SessionRow(
            token_hash=token_hash(token),
            kind=kind,
            subject=subject,
            created_at=at,
            expires_at=ends_at,
            family=None if family is None else family.id,
        ),
    )
    expires_in = (ends_at - at) // timedelta(seconds=1)
    if family is None:
        return OpenedSession(token, expires_in)
    refresh_token = token_text(random_bytes(TOKEN_BYTES))
    insert_refresh_token(
        connection,
        RefreshRow(
            token_hash=token_hash(refresh_token),
            family=family.id,
            kind=kind,
            subject=subject,
            created_at=at,
            expires_at=family.ends_at,
        ),
    )
    return OpenedSession(token, expires_in, refresh_token)


def refresh_session(
    connection: Connection, context: Context, refresh_token: str, at: datetime
) -> OpenedSession | None:
    """The next session of the family; none for a token that is not known, is over, or was used before.

    A value and no exception: that a stolen family ends must be committed.
    """
    shown = token_hash(refresh_token)
    known = refresh_token_of(connection, shown)
    if known is None:
        return None
    lock_rows(connection, _LOCK, [known.subject])
    if use_refresh_token(connection, shown, at):
        return open_session(
            connection,
            context.random_bytes,
            kind=known.kind,
            subject=known.subject,
            life_s=_life_s(context, known.kind),
            at=at,
            family=Family(known.family, known.expires_at),
        )
    seen = refresh_token_of(connection, shown)
    if seen is not None and seen.used_at is not None and seen.revoked_at is None:
        end_family(connection, known.family, at)
        actor = Actor(known.kind.value, known.subject)
        event = actor.did(
            AuditName.SESSIONS_REVOKED,
            _subject_kind(known.kind),
            known.subject,
            reason="refresh_token_reused",
            family=known.family,
        )
        record(connection, at, [event])
    return None


def session_subject(connection: Connection, kind: SessionKind, token: str, at: datetime) -> str | None:
    """Whose open session the token is."""
    return subject_of(connection, kind, token_hash(token), at)


def close_session(connection: Connection, kind: SessionKind, token: str, at: datetime) -> str | None:
    """End the session; its subject, or none if it was not open."""
    return end_session(connection, kind, token_hash(token), at)


def sign_out(connection: Connection, token: str, at: datetime) -> bool:
    """End the session of a member or login with all that came from its sign-in; false if it was not open."""
    session = open_session_of(connection, token_hash(token), at)
    if session is None or session.kind is SessionKind.REGISTRATION:
        return False
    lock_rows(connection, _LOCK, [session.subject])
    if end_session(connection, session.kind, session.token_hash, at) is None:
        return False
    if session.family is not None:
        end_family(connection, session.family, at)
    actor = Actor(session.kind.value, session.subject)
    record(connection, at, [actor.did(AuditName.SIGN_OUT, _subject_kind(session.kind), session.subject)])
    return True


def revoke_sessions(
    connection: Connection, kind: SessionKind, subject: str, at: datetime, *, spared_token: str | None = None
) -> None:
    """End all sessions and refresh tokens of somebody at once, but what came with the spared token's sign-in.

    The caller records why. A sign-in or refresh at the same moment comes before this, and is ended by it, or
    after it, and sees what the caller changed.
    """
    lock_rows(connection, _LOCK, [subject])
    spared = None if spared_token is None else open_session_of(connection, token_hash(spared_token), at)
    end_all_of(connection, kind, subject, at, spared)


def hold_sessions(connection: Connection, subject: str) -> None:
    """Hold back revocation until this transaction ends: for a sign-in, before it looks whether it may."""
    lock_rows(connection, _LOCK, [subject])


def _life_s(context: Context, kind: SessionKind) -> int:
    settings = context.settings
    return settings.session_ttl_s if kind is SessionKind.MEMBER else settings.login_session_ttl_s


def _subject_kind(kind: SessionKind) -> str:
    return "member" if kind is SessionKind.MEMBER else "login"
