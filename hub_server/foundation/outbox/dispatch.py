"""Carrying outbox rows to their handlers: in order, one dispatcher at a time for each topic."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from hub_server.foundation.outbox.news import ALERT, News
from hub_server.foundation.outbox.queries import OutboxRow, count_attempt, enqueue, mark_done, waiting
from hub_server.foundation.storage import Connection, Database, DatabaseBusy, try_lock
from shared.clock import Clock

_log = logging.getLogger("mps.hub.outbox")

BATCH = 500
MAX_BATCHES = 100

Handler = Callable[[Connection, datetime, Sequence[OutboxRow]], None]
"""Does what the rows tell of, in the transaction that marks them done; gets the time of dispatch."""


class Dispatcher:
    """Hands waiting rows to the handler of their topic."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        *,
        max_attempts: int,
        on_set_aside: Callable[[str], None],
    ) -> None:
        """`on_set_aside` is told the topic of each row that was given up."""
        self._database = database
        self._clock = clock
        self._handlers = dict(handlers)
        self._max_attempts = max_attempts
        self._on_set_aside = on_set_aside
        self._turn = threading.Lock()

    def dispatch(self) -> None:
        """Carry on all that waits; a row that fails is tried again later and in the end set aside."""
        with self._turn:
            for topic, handler in self._handlers.items():
                try:
                    self._dispatch_topic(topic, handler)
                except DatabaseBusy:
                    _log.info("busy; the rows wait", extra={"topic": topic})

    def _dispatch_topic(self, topic: str, handler: Handler) -> None:
        for _ in range(MAX_BATCHES):
            try:
                count = self._database.run(lambda c: self._carry(c, topic, handler, BATCH))
            except DatabaseBusy:
                raise
            except Exception:  # noqa: BLE001 - whatever the handler raised, the other rows must flow
                _log.info("a batch failed; its rows go one by one", extra={"topic": topic}, exc_info=True)
                self._one_by_one(topic, handler)
                return
            if count < BATCH:
                return

    def _carry(self, connection: Connection, topic: str, handler: Handler, limit: int) -> int:
        if not try_lock(connection, "outbox", topic):
            return 0
        rows = waiting(connection, topic, limit)
        if rows:
            handler(connection, self._clock.now(), rows)
            mark_done(connection, [row.id for row in rows], self._clock.now())
        return len(rows)

    def _one_by_one(self, topic: str, handler: Handler) -> None:
        for row in self._database.read(lambda c: waiting(c, topic, BATCH)):
            try:
                self._database.run(lambda c, row=row: self._carry_one(c, handler, row))  # type: ignore[misc]
            except DatabaseBusy:
                raise
            except Exception:  # noqa: BLE001 - counted, and after the last attempt alerted
                self._failed(row)

    def _carry_one(self, connection: Connection, handler: Handler, row: OutboxRow) -> None:
        if not try_lock(connection, "outbox", row.topic):
            return
        if any(other.id == row.id for other in waiting(connection, row.topic, BATCH)):
            handler(connection, self._clock.now(), [row])
            mark_done(connection, [row.id], self._clock.now())

    def _failed(self, row: OutboxRow) -> None:
        def count(connection: Connection) -> bool:
            now = self._clock.now()
            is_last = count_attempt(connection, row.id, now, self._max_attempts)
            # An alert about an alert that cannot be raised would never end.
            if is_last and row.topic != ALERT:
                detail = {"topic": row.topic, "attempts": row.attempts + 1}
                payload = {"kind": "outbox_set_aside", "subject": f"outbox:{row.id}", "detail": detail}
                enqueue(connection, now, [News(ALERT, payload)])
            return is_last

        if self._database.run(count):
            _log.error("an outbox row was set aside", extra={"outbox_id": row.id, "topic": row.topic})
            self._on_set_aside(row.topic)
