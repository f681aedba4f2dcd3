"""Reading and writing feed events, and telling others' rows when they were told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from hub_server.change_feed.tables import feed_clock, feed_events
from hub_server.foundation.storage import insert_new_rows, lock_rows
from hub_server.merchants.tables import merchant_status_changes, policies
from hub_server.payment_codes.tables import payment_codes
from hub_server.staff.tables import posts
from hub_server.terminals.tables import status_changes


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event with its place in the feed; an id that is None is no limit on who is told."""

    position: int
    kind: str
    merchant_id: str | None
    store_id: str | None
    terminal_id: str | None
    payload: dict[str, Any]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a listener stands."""

    merchant_id: str
    store_id: str
    terminal_id: str

    def hears(self, event: FeedEvent) -> bool:
        """Whether the event is for this listener."""
        return (
            event.merchant_id in (None, self.merchant_id)
            and event.store_id in (None, self.store_id)
            and event.terminal_id in (None, self.terminal_id)
        )


def lock_feed(connection: Connection) -> None:
    """Publisher and onlookers take turns: what an onlooker sees at T is all that was published up to T."""
    lock_rows(connection, "feed", ["order"])


def last_place(connection: Connection) -> tuple[int, datetime | None]:
    """The newest position and its time; 0 and None when nothing was ever published."""
    row = connection.execute(
        select(feed_events.c.position, feed_events.c.published_at)
        .order_by(feed_events.c.position.desc())
        .limit(1)
    ).first()
    return (0, None) if row is None else (row.position, row.published_at)


def last_told(connection: Connection) -> datetime | None:
    """The latest time that a terminal was told by any node; the caller holds the feed's lock."""
    found: datetime | None = connection.execute(select(feed_clock.c.last_told)).scalar_one_or_none()
    return found


def move_clock(connection: Connection, hub_time: datetime) -> None:
    """Terminals are about to be told that time; the caller holds the feed's lock."""
    insert_new_rows(connection, feed_clock, [{"id": 1, "last_told": hub_time}])
    later = feed_clock.c.last_told < hub_time
    connection.execute(update(feed_clock).where(later).values(last_told=hub_time))


def last_before(connection: Connection, instant: datetime) -> int:
    """The newest position published before an instant; 0 when there is none."""
    query = select(feed_events.c.position).where(feed_events.c.published_at < instant)
    return (
        connection.execute(query.order_by(feed_events.c.position.desc()).limit(1)).scalar_one_or_none() or 0
    )


def last_payload(connection: Connection, kind: str) -> dict[str, Any] | None:
    """What the newest event of a kind says."""
    query = select(feed_events.c.payload).where(feed_events.c.kind == kind)
    payload: dict[str, Any] | None = connection.execute(
        query.order_by(feed_events.c.position.desc()).limit(1)
    ).scalar_one_or_none()
    return payload


def insert_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert events in one statement."""
    connection.execute(insert(feed_events), list(rows))


def events_after(
    connection: Connection, position: int, limit: int, scope: Scope | None = None
) -> list[FeedEvent]:
    """The next events after a position: all, or those that a listener hears."""
    query = select(feed_events).where(feed_events.c.position > position)
    if scope is not None:
        query = query.where(
            or_(feed_events.c.merchant_id.is_(None), feed_events.c.merchant_id == scope.merchant_id),
            or_(feed_events.c.store_id.is_(None), feed_events.c.store_id == scope.store_id),
            or_(feed_events.c.terminal_id.is_(None), feed_events.c.terminal_id == scope.terminal_id),
        )
    rows = connection.execute(query.order_by(feed_events.c.position).limit(limit))
    return [
        FeedEvent(
            row.position,
            row.kind,
            row.merchant_id,
            row.store_id,
            row.terminal_id,
            row.payload,
            row.published_at,
        )
        for row in rows
    ]


def mark_codes_told(connection: Connection, code_refs: Sequence[str], at: datetime) -> None:
    """The revocation of these codes counts for contacts at or after `at`."""
    if code_refs:
        connection.execute(
            update(payment_codes)
            .where(payment_codes.c.code_ref.in_(code_refs), payment_codes.c.told_at.is_(None))
            .values(told_at=at)
        )


def mark_policies_told(connection: Connection, versions: Sequence[tuple[str, int]], at: datetime) -> None:
    """These policies are in force for contacts at or after `at`."""
    for merchant_id, version in versions:
        connection.execute(
            update(policies)
            .where(
                policies.c.merchant_id == merchant_id,
                policies.c.version == version,
                policies.c.told_at.is_(None),
            )
            .values(told_at=at)
        )


def mark_terminals_told(connection: Connection, change_ids: Sequence[int], at: datetime) -> None:
    """These suspensions and resumptions of terminals are known at contacts at or after `at`."""
    if change_ids:
        connection.execute(
            update(status_changes).where(status_changes.c.id.in_(change_ids)).values(told_at=at)
        )


def mark_merchants_told(connection: Connection, change_ids: Sequence[int], at: datetime) -> None:
    """These suspensions and resumptions of merchants are known at contacts at or after `at`."""
    if change_ids:
        connection.execute(
            update(merchant_status_changes)
            .where(merchant_status_changes.c.id.in_(change_ids))
            .values(told_at=at)
        )


def mark_posts_told(connection: Connection, begun: Sequence[str], ended: Sequence[str], at: datetime) -> None:
    """The begin of some posts and the end of others are known at contacts at or after `at`."""
    if begun:
        connection.execute(update(posts).where(posts.c.id.in_(begun)).values(told_since=at))
    if ended:
        connection.execute(update(posts).where(posts.c.id.in_(ended)).values(told_until=at))
