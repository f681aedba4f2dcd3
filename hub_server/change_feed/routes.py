"""`GET /api/v1/terminals/me/changes` (protocol.md 6)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse

from hub_server.change_feed.look import FeedCursor
from hub_server.change_feed.streams import FeedStreams
from hub_server.terminals import TerminalAccess, TerminalIdentity
from shared.problems import Code, CodedError

_MAX_HEAD = (1 << 63) - 1
_EVENT = {
    "description": "One event after another; comments carry the hub's time",
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("id", "event", "data")},
                "required": ["id", "event", "data"],
            }
        }
    },
}


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


def router(streams: FeedStreams, access: TerminalAccess) -> APIRouter:
    """The feed."""
    routes = APIRouter(prefix="/api/v1/terminals/me", tags=["terminals"])

    @routes.get("/changes", response_class=EventStream, responses={200: _EVENT})
    def changes(
        terminal: Annotated[TerminalIdentity, Depends(access.known)],
        head: Annotated[int | None, Query(ge=-1, le=_MAX_HEAD)] = None,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> EventStream:
        """Server-sent events from after `Last-Event-ID` on; `head` is the last entry of the terminal's journal."""
        streams.admit()
        try:
            cursor = FeedCursor.read(last_event_id or "0")
        except ValueError as error:
            raise CodedError(Code.INVALID_REQUEST, "Last-Event-ID is not a cursor of this hub") from error
        return EventStream(
            streams.stream(terminal, cursor.position, head), headers={"X-Accel-Buffering": "no"}
        )

    return routes
