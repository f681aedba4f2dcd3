"""Looking at the feed: which events there are, and the time up to which they are all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.change_feed.queries import FeedEvent, Scope, events_after, last_before, last_place, lock_feed
from hub_server.foundation.storage import Connection
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
    newest, newest_at = last_place(connection)
    events = events_after(connection, position, limit, scope)
    if len(events) == limit:
        return Look(events, events[-1].position, None)
    return Look(events, newest, max(now, newest_at or now))


def feed_cursor(connection: Connection, at: datetime) -> str:
    """Where a terminal begins that enrols at `at`: before every revocation of a code that may still be good."""
    return str(FeedCursor(last_before(connection, at - CODE_LIFE - CLOCK_MARGIN)))
