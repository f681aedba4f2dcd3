"""Rows of registered shared screens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from hub_server.payment_codes.tables import kiosks


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskRow:
    """A shared screen and the card whose codes it shows; its key is kept as a hash alone."""

    id: str
    name: str
    card_id: str
    created_at: datetime
    revoked_at: datetime | None = None


def insert_kiosk(connection: Connection, kiosk: KioskRow, key_hash: bytes) -> None:
    """Write a new screen."""
    connection.execute(
        insert(kiosks).values(
            id=kiosk.id,
            name=kiosk.name,
            card_id=kiosk.card_id,
            key_hash=key_hash,
            created_at=kiosk.created_at,
        )
    )


def end_kiosk(connection: Connection, kiosk_id: str, at: datetime) -> bool:
    """Take its registration back; false if that was done before."""
    ended = update(kiosks).where(kiosks.c.id == kiosk_id, kiosks.c.revoked_at.is_(None))
    return connection.execute(ended.values(revoked_at=at)).rowcount == 1


def kiosk_of_key(connection: Connection, key_hash: bytes) -> KioskRow | None:
    """The screen that is registered with this key."""
    row = connection.execute(
        select(*_SEEN).where(kiosks.c.key_hash == key_hash, kiosks.c.revoked_at.is_(None))
    ).first()
    return None if row is None else _kiosk(row)


def kiosk_of(connection: Connection, kiosk_id: str) -> KioskRow | None:
    """The screen with this id, revoked or not."""
    row = connection.execute(select(*_SEEN).where(kiosks.c.id == kiosk_id)).first()
    return None if row is None else _kiosk(row)


def kiosk_of_card(connection: Connection, card_id: str) -> KioskRow | None:
    """The screen that shows this card at present."""
    row = connection.execute(
        select(*_SEEN).where(kiosks.c.card_id == card_id, kiosks.c.revoked_at.is_(None))
    ).first()
    return None if row is None else _kiosk(row)


def registered_kiosks(connection: Connection, *, after: str, limit: int) -> list[KioskRow]:
    """Screens that were not revoked, by id: the page after an id."""
    query = select(*_SEEN).where(kiosks.c.revoked_at.is_(None), kiosks.c.id > after)
    return [_kiosk(row) for row in connection.execute(query.order_by(kiosks.c.id).limit(limit))]


def list_kiosks(connection: Connection, *, before: tuple[datetime, str] | None, limit: int) -> list[KioskRow]:
    """Every screen that was ever registered, the newest first, from after a registration's time and id."""
    query = select(*_SEEN)
    if before is not None:
        at, identifier = before
        query = query.where(
            or_(kiosks.c.created_at < at, and_(kiosks.c.created_at == at, kiosks.c.id < identifier))
        )
    ordered = query.order_by(kiosks.c.created_at.desc(), kiosks.c.id.desc()).limit(limit)
    return [_kiosk(row) for row in connection.execute(ordered)]


_SEEN: list[ColumnElement[Any]] = [column for column in kiosks.c if column.name != "key_hash"]


def _kiosk(row: Row[Any]) -> KioskRow:
    return KioskRow(
        id=row.id,
        name=row.name,
        card_id=row.card_id,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
