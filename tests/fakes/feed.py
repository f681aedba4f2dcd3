"""A change feed in memory."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence

from pos_app.hub_client import FeedItem


class FakeFeed:
    """Items put in by the test; ends when cancelled."""

    def __init__(self, items: Sequence[FeedItem]) -> None:
        self._items = deque(items)
        self._changed = threading.Condition()
        self._ended = False

    def put(self, item: FeedItem) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    def cancel(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[FeedItem]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or self._items, timeout=60)
                if self._ended or not self._items:
                    return
                item = self._items.popleft()
            yield item
