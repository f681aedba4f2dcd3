"""Merchants' API keys, for other point-of-sale systems (protocol.md 8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.access.queries import (
    ApiKeyRow,
    api_key_of,
    api_keys_of,
    insert_api_key,
    limit_api_key,
    revoke_api_key,
)
from hub_server.access.rules import TOKEN_BYTES, api_key_text, key_hint, token_hash
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_place, write_place
from shared.ids import is_uuid7
from shared.problems import Code, CodedError

SCOPES = ("charge", "refund", "read")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key, shown once."""

    row: ApiKeyRow
    key: str = field(repr=False)


def keep_api_key(
    connection: Connection,
    *,
    key_id: str,
    key: str,
    merchant_id: str,
    at: datetime,
    scopes: Sequence[str] = SCOPES,
    name: str | None = None,
) -> ApiKeyRow:
    """Keep the hash of a key that the merchant is shown once."""
    row = ApiKeyRow(
        id=key_id,
        merchant_id=merchant_id,
        scopes=tuple(scopes),
        name=name,
        hint=key_hint(key),
        created_at=at,
    )
    insert_api_key(connection, row, token_hash(key))
    return row


def merchant_of_api_key(connection: Connection, key: str, at: datetime) -> ApiKeyRow | None:
    """Whose key it is, unless it was revoked or has expired."""
    return api_key_of(connection, token_hash(key), at)


def issue_api_key(
    connection: Connection,
    context: Context,
    *,
    merchant_id: str,
    name: str,
    scopes: Sequence[str],
    replaces: str | None,
    at: datetime,
    actor: Actor,
) -> IssuedKey:
    """A new key; the one it replaces lives on for a while, until the merchant's systems have the new one.

    Raises:
        CodedError: NOT_FOUND; the merchant has no living key to replace by this id.
    """
    if replaces is not None:
        end = at + timedelta(seconds=context.settings.api_key_overlap_s)
        if not is_uuid7(replaces) or not limit_api_key(connection, merchant_id, replaces, at, end):
            raise CodedError(Code.NOT_FOUND)
    key = api_key_text(context.random_bytes(TOKEN_BYTES))
    row = keep_api_key(
        connection,
        key_id=context.ids.new(),
        key=key,
        merchant_id=merchant_id,
        at=at,
        scopes=[scope for scope in SCOPES if scope in scopes],
        name=name,
    )
    event = actor.did(
        AuditName.API_KEY, "merchant", merchant_id, key_id=row.id, scopes=list(row.scopes), replaces=replaces
    )
    record(connection, at, [event])
    return IssuedKey(row, key)


def end_api_key(connection: Connection, *, merchant_id: str, key_id: str, at: datetime, actor: Actor) -> None:
    """End a key at once.

    Raises:
        CodedError: NOT_FOUND; the merchant has no living key by this id.
    """
    if not is_uuid7(key_id) or not revoke_api_key(connection, merchant_id, key_id, at):
        raise CodedError(Code.NOT_FOUND)
    record(connection, at, [actor.did(AuditName.API_KEY_REVOKED, "merchant", merchant_id, key_id=key_id)])


def list_api_keys(
    connection: Connection, merchant_id: str, *, limit: int, cursor: str | None
) -> tuple[list[ApiKeyRow], str | None]:
    """A merchant's keys, the newest first, also those that ended; and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    after = None if cursor is None else read_place(cursor)
    found = api_keys_of(connection, merchant_id, after=after, limit=limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return page, write_place(page[-1].created_at, page[-1].id) if more else None
