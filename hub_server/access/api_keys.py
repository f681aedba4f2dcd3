"""Merchants' API keys, for other point-of-sale systems (protocol.md 8)."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.access.queries import ApiKeyRow, api_key_of, insert_api_key
from hub_server.access.rules import token_hash
from hub_server.foundation.storage import Connection

SCOPES = ("charge", "refund", "read")


def keep_api_key(
    connection: Connection,
    *,
    key_id: str,
    key: str,
    merchant_id: str,
    at: datetime,
    scopes: Sequence[str] = SCOPES,
) -> None:
    """Keep the hash of a key that the merchant is shown once."""
    insert_api_key(
        connection,
        key_id=key_id,
        merchant_id=merchant_id,
        key_hash=token_hash(key),
        scopes=scopes,
        at=at,
    )


def merchant_of_api_key(connection: Connection, key: str, at: datetime) -> ApiKeyRow | None:
    """Whose key it is, unless it was revoked or has expired."""
    return api_key_of(connection, token_hash(key), at)
