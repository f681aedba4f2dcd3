"""One open stream: what was delivered to it and not yet sent."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.change_feed.queries import FeedEvent, Scope

MAX_WAITING = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """Events to send, then the hub's time if all up to it have been sent by then."""

    events: Sequence[FeedEvent]
    hub_time: datetime | None


class Listener:
    """Deliveries come from the poller's thread and are taken in the event loop's."""

    def __init__(self, scope: Scope, cursor: int, loop: asyncio.AbstractEventLoop) -> None:
        """`cursor` is the last position that the terminal has."""
        self.scope = scope
        self.cursor = cursor
        self.told_ms: int | None = None
        self._loop = loop
        self._waiting: deque[Delivery] = deque()
        self._change = asyncio.Event()
        self._closed = False

    def deliver(self, delivery: Delivery) -> None:
        """Hand over a delivery; any thread may call this."""
        self._call(lambda: self._put(delivery))

    def close(self) -> None:
        """End the stream; any thread may call this."""
        self._call(self._end)

    async def next(self) -> Delivery | None:
        """The next delivery; None at the end."""
        while not self._waiting:
            if self._closed:
                return None
            self._change.clear()
            await self._change.wait()
        return self._waiting.popleft()

    def _call(self, action: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _put(self, delivery: Delivery) -> None:
        if len(self._waiting) >= MAX_WAITING:
            # It does not read: let it come back with its cursor.
            self._waiting.clear()
            self._end()
        elif not self._closed:
            self._waiting.append(delivery)
            self._change.set()

    def _end(self) -> None:
        self._closed = True
        self._change.set()
