"""The line row's value, computed when something changed and told to whoever shows it."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from pos_app.hub_copy import HubFacts, rows
from pos_app.journal import charges, journal, waiting
from pos_app.journal.journal import Stamp
from pos_app.storage import Database, StorageError, Transaction
from pos_app.syncing.charge_book import ChargeBook
from pos_app.syncing.line import LineStatus, OfflineMeter
from pos_app.syncing.line_watch import LineWatch
from shared.problems import Code, Refusal

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
                for listener in self._listeners:
                    listener(status)
        except StorageError:
            logger.exception("the line row cannot be read")

    def _read(self, tx: Transaction) -> LineStatus:
        queue, stamp, last = waiting.queue(tx), self._book.stamp(tx), journal.tail(tx)
        facts = self._book.hub_copy.facts
        plausible = self._book.clock.is_plausible(last.at if last else stamp.contact, facts.contact)
        return LineStatus(
            state=self._line.state,
            since=self._line.since,
            waiting=queue.depth,
            oldest_waiting_at=queue.oldest_at,
            contact=facts.contact,
            meter=meter(tx, facts, stamp, plausible),
        )


def meter(tx: Transaction, facts: HubFacts, stamp: Stamp, clock_is_plausible: bool) -> OfflineMeter:
    """What is left of the offline limits under the contact that the next charge would carry (`stamp`)."""
    offline = rows.policy_at(tx, stamp.contact).offline
    spent = charges.offline_spending(tx, stamp.contact)
    until = stamp.contact + timedelta(seconds=offline.max_duration_s)
    left_total, left_count = offline.max_total - spent.total, offline.max_count - spent.count
    refusal: Refusal | None = None
    if not offline.enabled or facts.is_suspended:
        refusal = Refusal(Code.OFFLINE_NOT_ALLOWED)
    elif not clock_is_plausible:
        refusal = Refusal(Code.CLOCK_IMPLAUSIBLE)
    elif left_total <= 0 or left_count <= 0 or stamp.at > until:
        refusal = Refusal(Code.OFFLINE_LIMIT_EXCEEDED)
    return OfflineMeter(
        left_total=max(0, left_total),
        max_total=offline.max_total,
        left_count=max(0, left_count),
        max_amount=offline.max_amount,
        until=until,
        needs_manager=spent.total >= offline.soft_total,
        refusal=refusal,
    )
