"""Reads the change feed: stores each event, then the contact that covers it (protocol.md 6)."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from pos_app.hub_client import Feed, FeedComment, HubPort, HubRefused, HubUnreachable
from pos_app.hub_copy import HubCopy
from pos_app.journal import journal
from pos_app.storage import Database
from pos_app.syncing.breaker import Breaker
from pos_app.syncing.hub_clock import HubClock
from pos_app.syncing.line import LineState
from pos_app.syncing.line_watch import LineWatch
from shared.api.changes import Settled

logger = logging.getLogger("mps.pos.syncing.feed")

OFFLINE_TRY_EVERY_MS: Final = 10_000
"""Offline for a charge may be slow for the feed: so often it is tried all the same."""


class FeedReader:
    """One thread, one open feed."""

    def __init__(
        self,
        database: Database,
        hub: HubPort,
        hub_copy: HubCopy,
        clock: HubClock,
        line: LineWatch,
        *,
        on_settled: Callable[[tuple[int, ...]], None],
        on_contact: Callable[[], None],
        on_opened: Callable[[int], None],
        chance: Callable[[], float],
    ) -> None:
        """`on_settled` hears which entries have answers now; `on_contact`, that something was stored; `on_opened`, of
        the first contact over each new connection, and the monotonic time when that was begun."""
        self._database = database
        self._hub = hub
        self._hub_copy = hub_copy
        self._clock = clock
        self._line = line
        self._on_settled = on_settled
        self._on_contact = on_contact
        self._on_opened = on_opened
        self._breaker = Breaker(clock, chance)
        self._tried_ms = clock.monotonic_ms()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._feed: Feed | None = None
        self._contacted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mps-feed")

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop at once."""
        self._closing.set()
        self._wake.set()
        self._cut()
        if self._thread.is_alive():
            self._thread.join()

    def line_is_back(self) -> None:
        """The hub is there again: first contact soon, and not with everybody else's."""
        self._breaker.line_is_back()
        self._wake.set()

    def line_is_lost(self) -> None:
        """The line is gone: an open feed would wait for what cannot come."""
        self._breaker.line_is_lost()
        self._cut()

    def _cut(self) -> None:
        with self._lock:
            if self._feed is not None:
                self._feed.cancel()

    def wait_for_contact(self, timeout_ms: int) -> bool:
        """Wait for the first contact since the start, for at most so long."""
        return self._contacted.wait(timeout_ms / 1000)

    def read_until_contact(self) -> None:
        """Read on the caller's thread until there is contact (`sync`).

        Raises:
            HubUnreachable, HubRefused: there is none.
        """
        self._read(stop_at_contact=True)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            rest_s = self._round()
            if not self._closing.is_set():
                self._wake.wait(rest_s)

    def _round(self) -> float:
        """Read until the feed ends; seconds to rest."""
        if self._line.state is LineState.OFFLINE:
            rest_ms = self._tried_ms + OFFLINE_TRY_EVERY_MS - self._clock.monotonic_ms()
            if rest_ms > 0:
                return rest_ms / 1000
        self._tried_ms = self._clock.monotonic_ms()
        rest_ms = self._breaker.enter()
        if rest_ms > 0:
            return rest_ms / 1000
        asked_s: int | None = None
        try:
            self._read(stop_at_contact=False)
        except HubUnreachable as error:
            logger.info("the feed ended: %s", error)
        except HubRefused as error:
            logger.warning("the hub refused the feed: %s", error)
            asked_s = error.retry_after_s
        except Exception:
            # A reader that died would leave the terminal without contact, and in the end without offline approval.
            logger.exception("the feed reader failed; it goes on")
        self._breaker.failed(asked_s)
        return 0

    def _read(self, *, stop_at_contact: bool) -> None:
        last = self._database.read(journal.tail).result()
        opened_ms = self._clock.monotonic_ms()
        feed = self._hub.changes(last.seq if last else -1, self._hub_copy.facts.cursor)
        with self._lock:
            self._feed = feed
        try:
            # Asked after the feed is known to `close`, so that none of the two misses the other.
            if self._closing.is_set():
                feed.cancel()
            is_new = True
            for item in feed:
                if self._closing.is_set():
                    return
                self._line.heard()
                if isinstance(item, FeedComment):
                    self._take_contact(item)
                    if is_new:
                        is_new = False
                        self._on_opened(opened_ms)
                    if stop_at_contact:
                        return
                else:
                    change = self._hub_copy.take_event(item.kind, item.data, item.cursor)
                    if isinstance(change, Settled):
                        self._on_settled(change.seqs)
        finally:
            with self._lock:
                self._feed = None
            feed.cancel()

    def _take_contact(self, comment: FeedComment) -> None:
        self._clock.touch(comment.hub_time)
        self._hub_copy.take_contact(comment.hub_time)
        self._breaker.worked()
        self._contacted.set()
        self._on_contact()
