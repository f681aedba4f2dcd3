"""Streams that have just opened: those that come while one transaction runs share the next one.

When a line comes back hundreds of terminals open their feeds at once. One by one they would wait for the feed's lock
and for a write to the disk each, the last of them longer than the hub lets anybody wait, and come again; together they
take the lock once.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from hub_server.change_feed.listener import Delivery, Listener
from hub_server.change_feed.look import hub_time_at, tell_time
from hub_server.change_feed.queries import events_after, lock_feed
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.terminals import record_head

PAGE = 500
MOST_TOGETHER = 100


@dataclass(slots=True)
class _Arrival:
    """A stream with the journal's end that its terminal told, and what became of it."""

    listener: Listener
    head: int | None
    page: Delivery | None = None
    error: Exception | None = None

    @property
    def is_done(self) -> bool:
        return self.page is not None or self.error is not None


class Arrivals:
    """Brings streams up to the present; any number of threads may ask at once."""

    def __init__(self, context: Context) -> None:
        """Nobody has come."""
        self._context = context
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._waiting: list[_Arrival] = []

    def catch_up(self, listener: Listener, head: int | None) -> Delivery:
        """A page of what the listener has not been sent; if it was the last, with the time, which is recorded.

        Raises:
            DatabaseBusy, DatabaseUnreachable: as `Database.run`.
        """
        mine = _Arrival(listener, head)
        with self._lock:
            self._waiting.append(mine)
        while not mine.is_done:
            with self._turn:
                if not mine.is_done:
                    self._serve(self._next())
        if mine.page is None:
            raise mine.error or RuntimeError("a stream was neither served nor refused")
        return mine.page

    def _next(self) -> list[_Arrival]:
        with self._lock:
            together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            return together

    def _serve(self, together: Sequence[_Arrival]) -> None:
        try:
            pages = self._context.database.run(lambda c: self._pages(c, together))
        except Exception as error:  # noqa: BLE001 - each of them raises it where it waits
            for arrival in together:
                arrival.error = error
            return
        for arrival, page in zip(together, pages, strict=True):
            arrival.page = page

    def _pages(self, connection: Connection, together: Sequence[_Arrival]) -> list[Delivery]:
        # In one order for every node, and before the feed's lock: whoever writes of a terminal holds its row first.
        for arrival in sorted(together, key=lambda arrival: arrival.listener.scope.terminal_id):
            if arrival.head is not None:
                at = self._context.clock.now()
                record_head(connection, arrival.listener.scope.terminal_id, arrival.head, at)
        lock_feed(connection)
        hub_time = hub_time_at(connection, self._context.clock.now())
        found = [
            events_after(connection, arrival.listener.cursor, PAGE, arrival.listener.scope)
            for arrival in together
        ]
        pages = [Delivery(events, None if len(events) == PAGE else hub_time) for events in found]
        told = {
            arrival.listener.scope.terminal_id
            for arrival, page in zip(together, pages, strict=True)
            if page.hub_time is not None
        }
        tell_time(connection, told, hub_time)
        return pages
