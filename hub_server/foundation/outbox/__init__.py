"""News of a change, written in the same transaction, carried upwards afterwards."""

from hub_server.foundation.outbox.dispatch import Dispatcher, Handler
from hub_server.foundation.outbox.news import ALERT, FEED, OUTBOX, News
from hub_server.foundation.outbox.queries import OutboxRow, enqueue

__all__ = [
    "ALERT",
    "FEED",
    "OUTBOX",
    "Dispatcher",
    "Handler",
    "News",
    "OutboxRow",
    "enqueue",
]
