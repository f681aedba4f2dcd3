"""Locks held to the end of the transaction (domain.md, Charge)."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, text

LOCK_WAIT_MS = 2_000
"""For all locks of a transaction together, from its begin."""

_TAKE = text(
    """SELECT set_config('lock_timeout', CAST(GREATEST(1, :wait_ms - CAST(
        EXTRACT(EPOCH FROM clock_timestamp() - transaction_timestamp()) * 1000 AS integer)) AS text), true),
    pg_advisory_xact_lock(k) FROM unnest(CAST(:keys AS bigint[])) AS k"""
)
"""Each row leaves the next lock, and every later statement, what is left of the time."""


def lock_rows(connection: Connection, kind: str, ids: Iterable[str]) -> None:
    """Take the advisory lock of each id, in one order for everybody, so that two takers never deadlock.

    On SQLite the writing transaction is alone already (BEGIN IMMEDIATE). Locks of several kinds are taken
    in this order: request, merchant, store, terminal, member, card.
    """
    if connection.dialect.name != "postgresql":
        return
    keys = sorted({_key(kind, identifier) for identifier in ids})
    if keys:
        connection.execute(_TAKE, {"keys": keys, "wait_ms": LOCK_WAIT_MS})


def share_lock(connection: Connection, kind: str, identifier: str) -> None:
    """Take an advisory lock together with others who share it; whoever takes it alone (`lock_rows`) waits."""
    if connection.dialect.name == "postgresql":
        statement = text("SELECT pg_advisory_xact_lock_shared(:key)")
        connection.execute(statement, {"key": _key(kind, identifier)})


def _key(kind: str, identifier: str) -> int:
    digest = hashlib.sha256(f"{kind}:{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def try_lock(connection: Connection, kind: str, identifier: str) -> bool:
    """Take an advisory lock if nobody holds it; whether it was had. On SQLite it is had already."""
    if connection.dialect.name != "postgresql":
        return True
    statement = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(connection.execute(statement, {"key": _key(kind, identifier)}).scalar_one())
