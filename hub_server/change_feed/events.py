"""The wire form of events: server-sent events (protocol.md 6)."""

import json
from datetime import datetime

from hub_server.change_feed.queries import FeedEvent
from shared.api.changes import HUB_TIME_COMMENT
from shared.clock import to_wire


def event_text(event: FeedEvent) -> str:
    """One event; JSON holds no line break of its own, so one `data:` line is enough."""
    data = json.dumps(event.payload, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.position}\nevent: {event.kind}\ndata: {data}\n\n"


def hub_time_text(hub_time: datetime) -> str:
    """The comment that keeps the stream alive and is contact."""
    return f": {HUB_TIME_COMMENT} {to_wire(hub_time)}\n\n"
