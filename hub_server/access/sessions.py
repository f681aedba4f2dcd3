"""Sessions: opaque tokens of 32 random bytes, of which only the SHA-256 is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.access.queries import SessionRow, end_session, insert_session, subject_of
from hub_server.access.rules import TOKEN_BYTES, token_hash, token_text
from hub_server.access.states import SessionKind
from hub_server.foundation.storage import Connection


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A token, shown once, and its life in seconds."""

    token: str = field(repr=False)
    expires_in: int


def open_session(
    connection: Connection,
    random_bytes: Callable[[int], bytes],
    *,
    kind: SessionKind,
    subject: str,
    life_s: int,
    at: datetime,
) -> OpenedSession:
    """Open a session for a member, an admin or a proven phone."""
    token = token_text(random_bytes(TOKEN_BYTES))
    insert_session(
        connection,
        SessionRow(
            token_hash=token_hash(token),
            kind=kind,
            subject=subject,
            created_at=at,
            expires_at=at + timedelta(seconds=life_s),
        ),
    )
    return OpenedSession(token, life_s)


def session_subject(connection: Connection, kind: SessionKind, token: str, at: datetime) -> str | None:
    """Whose open session the token is."""
    return subject_of(connection, kind, token_hash(token), at)


def close_session(connection: Connection, kind: SessionKind, token: str, at: datetime) -> str | None:
    """End the session; its subject, or none if it was not open."""
    return end_session(connection, kind, token_hash(token), at)
