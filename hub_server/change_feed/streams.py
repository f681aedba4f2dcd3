"""All open streams of a process, and the one poller that wakes them.

A stream holds no thread and no connection while it waits: it is an async generator that sleeps until the poller
delivers. The poller looks once for all of them, records whom it is about to tell the time, and then tells.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from hub_server.change_feed.arrivals import PAGE, Arrivals
from hub_server.change_feed.events import event_text, hub_time_text
from hub_server.change_feed.listener import Delivery, Listener
from hub_server.change_feed.look import Look, look, tell_time
from hub_server.change_feed.queries import Scope, last_place
from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.foundation.storage import Connection, DatabaseBusy
from hub_server.terminals import TerminalIdentity
from shared.problems import Code, CodedError

_log = logging.getLogger("mps.hub.change_feed")

MAX_PAGES = 100
MAX_STREAMS_OF_ONE = 4


@dataclass(frozen=True, slots=True)
class _Round:
    """What one look found, and who is told the time after it."""

    seen: Look
    told: frozenset[Listener]


class FeedStreams:
    """Opens streams; `poll` is a job, woken by every commit that published."""

    def __init__(self, context: Context, figures: Figures) -> None:
        """No stream is open, and the poller has nothing to do."""
        self._context = context
        self._figures = figures
        self._arrivals = Arrivals(context)
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._position: int | None = None
        self._closing = False

    def admit(self) -> None:
        """Refuse a stream too many.

        Raises:
            CodedError: SYSTEM_BUSY.
        """
        if self._closing or len(self._listeners) >= self._context.settings.max_streams:
            raise CodedError(Code.SYSTEM_BUSY, "too many streams, or stopping")

    async def stream(
        self, terminal: TerminalIdentity, cursor: int, head: int | None = None
    ) -> AsyncIterator[str]:
        """The text of a stream from after a cursor on; ends when the hub stops or the terminal leaves.

        `head` is the last entry of the terminal's journal, which is recorded before it is told the time.
        """
        scope = Scope(terminal.merchant_id, terminal.store_id, terminal.terminal_id)
        listener = Listener(scope, cursor, asyncio.get_running_loop())
        try:
            await run_in_threadpool(self._subscribe, listener)
            told: datetime | None = None
            while not self._closing:
                page = await run_in_threadpool(self._catch_up, listener, head)
                for text in self._texts(listener, page, told):
                    yield text
                if page.hub_time is not None:
                    told = page.hub_time
                    break
            while (delivery := await listener.next()) is not None:
                for text in self._texts(listener, delivery, told):
                    yield text
                told = delivery.hub_time or told
        except DatabaseBusy:
            _log.info("busy; a stream ends and will come back")
        finally:
            self._forget(listener)

    def poll(self) -> None:
        """Look once for every stream; tell new events at once, and the time to whom it is due."""
        for _ in range(MAX_PAGES):
            try:
                is_all = self._poll_page()
            except DatabaseBusy:
                _log.info("busy; the streams wait")
                return
            if is_all:
                return

    def close_all(self) -> None:
        """End every stream and open no more: the hub stops."""
        self._closing = True
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener.close()

    def _poll_page(self) -> bool:
        """One page of events to all; whether it was the last."""
        with self._lock:
            listeners, position = list(self._listeners), self._position
        if not listeners or position is None:
            return True
        now_ms = self._context.clock.monotonic_ms()
        found = self._context.database.run(lambda c: self._look_for(c, listeners, position, now_ms))
        with self._lock:
            # Whoever came since the look is served too; who comes after this sees these events by catching up.
            listeners = list(self._listeners)
            if self._position is not None:
                self._position = max(self._position, found.seen.position)
        for listener in listeners:
            events = [event for event in found.seen.events if listener.scope.hears(event)]
            is_told = listener in found.told
            if is_told:
                listener.told_ms = now_ms
            if events or is_told:
                listener.deliver(Delivery(events, found.seen.hub_time if is_told else None))
        return found.seen.hub_time is not None

    def _look_for(
        self, connection: Connection, listeners: list[Listener], position: int, now_ms: int
    ) -> _Round:
        seen = look(connection, self._context.clock, position, PAGE)
        if seen.hub_time is None:
            return _Round(seen, frozenset())
        due_ms = now_ms - self._context.settings.keep_alive_s * 1_000
        told = frozenset(
            listener
            for listener in listeners
            if listener.told_ms is not None
            and (listener.told_ms <= due_ms or any(listener.scope.hears(event) for event in seen.events))
        )
        tell_time(connection, {listener.scope.terminal_id for listener in told}, seen.hub_time)
        return _Round(seen, told)

    def _subscribe(self, listener: Listener) -> None:
        newest, _ = self._context.database.read(last_place)
        if listener.cursor > newest:
            listener.cursor = 0  # of a future that this database lost: everything is told again
        with self._lock:
            if self._position is None:
                self._position = newest
            own = [each for each in self._listeners if each.scope == listener.scope]
            self._listeners.append(listener)
            self._figures.streams.set(len(self._listeners))
        for old in own[: max(0, len(own) + 1 - MAX_STREAMS_OF_ONE)]:
            old.close()
        if self._closing:
            listener.close()

    def _catch_up(self, listener: Listener, head: int | None) -> Delivery:
        page = self._arrivals.catch_up(listener, head)
        if page.hub_time is not None:
            listener.told_ms = self._context.clock.monotonic_ms()
        return page

    def _texts(self, listener: Listener, delivery: Delivery, told: datetime | None) -> list[str]:
        texts: list[str] = []
        for event in delivery.events:
            if event.position > listener.cursor:
                listener.cursor = event.position
                texts.append(event_text(event))
        # A time older than the last says nothing new; it comes from a round that catching up has overtaken.
        if delivery.hub_time is not None and (told is None or delivery.hub_time >= told):
            texts.append(hub_time_text(delivery.hub_time))
        return texts

    def _forget(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
            if not self._listeners:
                self._position = None
            self._figures.streams.set(len(self._listeners))
