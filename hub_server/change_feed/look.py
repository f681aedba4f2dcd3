"""Looking at the feed: which events there are, and the time up to which they are all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.change_feed.queries import (
    FeedEvent,
    Scope,
    events_after,
    last_before,
    last_place,
    last_told,
    lock_feed,
    move_clock,
)
from hub_server.foundation.storage import Connection
from hub_server.terminals import touch_contacts
from shared.clock import Clock

MAX_CURSOR_DIGITS = 18
CODE_LIFE = timedelta(seconds=3_600)
"""The longest that a payment code is good (protocol.md 1)."""
CLOCK_MARGIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """A place in the feed; what `id:` and `Last-Event-ID` carry, as text."""

    position: int

    @classmethod
    def read(cls, text: str) -> "FeedCursor":
        """Read the text.

        Raises:
            ValueError: not a cursor of ours.
        """
        if not text.isascii() or not text.isdecimal() or len(text) > MAX_CURSOR_DIGITS:
            raise ValueError("not a cursor")
        return cls(int(text))

    def __str__(self) -> str:
        """The text."""
        return str(self.position)


@dataclass(frozen=True, slots=True)
class Look:
    """Events after a place; `hub_time`: every change up to it is among them (None: there are more)."""

    events: Sequence[FeedEvent]
    position: int
    hub_time: datetime | None


def look(connection: Connection, clock: Clock, position: int, limit: int, scope: Scope | None = None) -> Look:
    """Look for what came after a place.

    The time is taken while nobody publishes, so that T never claims an event that is not among these.
    """
    lock_feed(connection)
    now = clock.now()
    newest, _ = last_place(connection)
    events = events_after(connection, position, limit, scope)
    if len(events) == limit:
        return Look(events, events[-1].position, None)
    return Look(events, newest, hub_time_at(connection, now))


def hub_time_at(connection: Connection, now: datetime) -> datetime:
    """The feed's time: this node's clock, unless an event or another node's word is later.

    The caller holds the feed's lock.
    """
    _, newest_at = last_place(connection)
    return max(now, newest_at or now, last_told(connection) or now)


def tell_time(connection: Connection, terminal_ids: Collection[str], hub_time: datetime) -> None:
    """Record that these terminals are about to be told the time, in the look's transaction.

    It is committed before anybody is told: a contact that the hub does not remember would not count, and what is
    published later must be later than it.
    """
    if terminal_ids:
        move_clock(connection, hub_time)
        touch_contacts(connection, terminal_ids, hub_time)


def feed_start(connection: Connection, at: datetime) -> tuple[str, datetime]:
    """Where a terminal begins that enrols at `at`, and the time that it is told.

    The cursor lies before every revocation of a code that may still be good.
    """
    lock_feed(connection)
    cursor = str(FeedCursor(last_before(connection, at - CODE_LIFE - CLOCK_MARGIN)))
    hub_time = hub_time_at(connection, at)
    move_clock(connection, hub_time)
    return cursor, hub_time
