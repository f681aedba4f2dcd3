"""The line row's value, computed when something changed and told to whoever shows it."""

import logging
import threading
from collections.abc import Callable

from pos_app.journal import waiting
from pos_app.storage import Database, StorageError, Transaction
from pos_app.syncing.charge_book import ChargeBook
from pos_app.syncing.line import LineStatus
from pos_app.syncing.line_watch import LineWatch
from pos_app.syncing.offline_room import offline_meter

logger = logging.getLogger("mps.pos.syncing")

StatusListener = Callable[[LineStatus], None]


class StatusBoard:
    """Never called on the storage's own thread: it reads."""

    def __init__(self, database: Database, book: ChargeBook, line: LineWatch) -> None:
        """`book` brings the hub copy and the clock."""
        self._database = database
        self._book = book
        self._line = line
        self._lock = threading.Lock()
        self._listeners: list[StatusListener] = []
        self._latest = self.status()

    def subscribe(self, listener: StatusListener) -> None:
        """Tell the listener now and after each change, from any thread."""
        self._listeners.append(listener)
        listener(self.status())

    @property
    def latest(self) -> LineStatus:
        """The value as last computed; answers at once."""
        return self._latest

    def status(self) -> LineStatus:
        """The value now; blocks for a read."""
        return self._database.read(self._read).result()

    def refresh(self) -> None:
        """Something changed."""
        try:
            # One at a time, so that an older value never overtakes a newer one.
            with self._lock:
                status = self._latest = self.status()
                # Kept, so that a restart does not forget it; a contact that came meanwhile has mended it.
                if self._book.clock.is_locked and not status.is_read_only:
                    self._book.hub_copy.lock_clock()
                for listener in self._listeners:
                    listener(status)
        except StorageError:
            logger.exception("the line row cannot be read")

    def _read(self, tx: Transaction) -> LineStatus:
        queue, stamp = waiting.queue(tx), self._book.stamp(tx)
        facts = self._book.hub_copy.facts
        is_plausible = self._book.clock.is_plausible(stamp.floor, facts.contact)
        return LineStatus(
            state=self._line.state,
            since=self._line.since,
            waiting=queue.depth,
            oldest_waiting_at=queue.oldest_at,
            contact=facts.contact,
            meter=offline_meter(tx, facts, stamp, is_plausible),
            is_read_only=self._database.why_read_only is not None,
        )
