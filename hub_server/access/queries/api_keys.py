"""Rows of merchants' API keys, without the keys."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, tuple_, update

from hub_server.access.tables import merchant_api_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRow:
    """A merchant's API key, without the key; `hint` is its last characters."""

    id: str
    merchant_id: str
    scopes: tuple[str, ...]
    name: str | None = None
    hint: str | None = None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def insert_api_key(connection: Connection, key: ApiKeyRow, key_hash: bytes) -> None:
    """Write a merchant's API key."""
    connection.execute(
        insert(merchant_api_keys).values(
            id=key.id,
            merchant_id=key.merchant_id,
            key_hash=key_hash,
            scopes=list(key.scopes),
            name=key.name,
            hint=key.hint,
            created_at=key.created_at,
            expires_at=key.expires_at,
        )
    )


def api_key_of(connection: Connection, key_hash: bytes, at: datetime) -> ApiKeyRow | None:
    """The key with this hash, unless it was revoked or has expired."""
    row = connection.execute(
        select(merchant_api_keys).where(merchant_api_keys.c.key_hash == key_hash, _is_alive(at))
    ).first()
    return None if row is None else _key(row)


def api_keys_of(
    connection: Connection, merchant_id: str, *, after: tuple[datetime, str] | None, limit: int
) -> list[ApiKeyRow]:
    """A merchant's keys, the newest first, from after a place in the list."""
    columns = merchant_api_keys.c
    query = select(merchant_api_keys).where(columns.merchant_id == merchant_id)
    if after is not None:
        query = query.where(tuple_(columns.created_at, columns.id) < after)
    query = query.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit)
    return [_key(row) for row in connection.execute(query)]


def revoke_api_key(connection: Connection, merchant_id: str, key_id: str, at: datetime) -> bool:
    """End one of the merchant's keys; false if it has none such that lives."""
    ended = connection.execute(
        update(merchant_api_keys)
        .where(_is_own(merchant_id, key_id), _is_alive(at))
        .values(revoked_at=at)
        .returning(merchant_api_keys.c.id)
    )
    return ended.first() is not None


def limit_api_key(connection: Connection, merchant_id: str, key_id: str, at: datetime, end: datetime) -> bool:
    """Let one of the merchant's keys end then, if not sooner; false if it has none such that lives."""
    expires_at = merchant_api_keys.c.expires_at
    own = and_(_is_own(merchant_id, key_id), _is_alive(at))
    there = connection.execute(select(merchant_api_keys.c.id).where(own).with_for_update()).first()
    connection.execute(
        update(merchant_api_keys)
        .where(own, or_(expires_at.is_(None), expires_at > end))
        .values(expires_at=end)
    )
    return there is not None


def _is_own(merchant_id: str, key_id: str) -> ColumnElement[bool]:
    return and_(merchant_api_keys.c.id == key_id, merchant_api_keys.c.merchant_id == merchant_id)


def _is_alive(at: datetime) -> ColumnElement[bool]:
    expires_at = merchant_api_keys.c.expires_at
    return and_(merchant_api_keys.c.revoked_at.is_(None), or_(expires_at.is_(None), expires_at > at))


def _key(row: Row[tuple[object, ...]]) -> ApiKeyRow:
    return ApiKeyRow(
        id=row.id,
        merchant_id=row.merchant_id,
        scopes=tuple(row.scopes),
        name=row.name,
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
