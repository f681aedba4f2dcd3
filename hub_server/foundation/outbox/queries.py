"""Reading and writing outbox rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub_server.foundation.outbox.news import OUTBOX, News
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import tell_after_commit


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A waiting row."""

    id: int
    topic: str
    payload: dict[str, Any]
    created_at: datetime
    attempts: int


def enqueue(connection: Connection, at: datetime, news: Sequence[News]) -> None:
    """Write news in the transaction of what it tells of; it is carried on after the commit."""
    if not news:
        return
    rows = [{"topic": item.topic, "payload": item.payload, "created_at": at} for item in news]
    connection.execute(insert(outbox), rows)
    tell_after_commit(connection, OUTBOX)


def waiting(connection: Connection, topic: str, limit: int) -> list[OutboxRow]:
    """The oldest rows of a topic that are neither done nor set aside."""
    rows = connection.execute(
        select(outbox.c.id, outbox.c.topic, outbox.c.payload, outbox.c.created_at, outbox.c.attempts)
        .where(outbox.c.topic == topic, outbox.c.done_at.is_(None), outbox.c.set_aside_at.is_(None))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [OutboxRow(row.id, row.topic, row.payload, row.created_at, row.attempts) for row in rows]


def mark_done(connection: Connection, ids: Sequence[int], at: datetime) -> None:
    """These were carried on."""
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(done_at=at))


def count_attempt(connection: Connection, row_id: int, at: datetime, max_attempts: int) -> bool:
    """One more failed attempt; whether that was the last and the row is set aside now."""
    attempts = connection.execute(
        update(outbox)
        .where(outbox.c.id == row_id)
        .values(attempts=outbox.c.attempts + 1)
        .returning(outbox.c.attempts)
    ).scalar_one()
    if attempts < max_attempts:
        return False
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(set_aside_at=at))
    return True
