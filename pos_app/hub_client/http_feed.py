"""An open change feed over httpx, and what httpx's exceptions mean here."""

import socket
import threading
from collections.abc import Iterator

import httpx

from pos_app.hub_client.errors import HubUnreachable, Unreachable
from pos_app.hub_client.port import FeedComment, FeedEvent, FeedItem
from pos_app.hub_client.sse import MalformedStream, StreamComment, read_stream
from shared.api.changes import HUB_TIME_COMMENT
from shared.clock import from_wire


class HttpFeed:
    """Reads one response until it ends or is cancelled."""

    def __init__(self, response: httpx.Response) -> None:
        """`response` is open, its body unread."""
        self._response = response
        self._cancelled = threading.Event()

    def __iter__(self) -> Iterator[FeedItem]:
        """Items as they come.

        Raises:
            HubUnreachable: the line went, or what came is not a feed.
        """
        try:
            for item in read_stream(self._response.iter_bytes()):
                if isinstance(item, StreamComment):
                    comment = _hub_time(item.text)
                    if comment is not None:
                        yield comment
                else:
                    yield FeedEvent(item.kind, item.data, item.last_event_id)
        except MalformedStream as error:
            raise HubUnreachable(Unreachable.NO_ANSWER, str(error)) from error
        except (httpx.HTTPError, RuntimeError) as error:
            if not self._cancelled.is_set():
                raise translated(error) from error
        finally:
            self._response.close()

    def cancel(self) -> None:
        """Shut the socket: the reading thread sees the end of the stream at once."""
        self._cancelled.set()
        stream = self._response.extensions.get("network_stream")
        raw = stream.get_extra_info("socket") if stream is not None else None
        if isinstance(raw, socket.socket):
            try:
                raw.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # the other side has closed it already: the reader has its end


def translated(error: Exception) -> HubUnreachable:
    """What the library's exception tells: whether anything can have reached the hub."""
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol):
        # A connection that never came about (refused, no route, no name, TLS not accepted): nothing was sent.
        timed_out = isinstance(error, httpx.ConnectTimeout)
        return HubUnreachable(Unreachable.REFUSED, "no connection in time" if timed_out else str(error))
    if isinstance(error, httpx.TimeoutException):
        return HubUnreachable(Unreachable.TIMED_OUT, type(error).__name__)
    return HubUnreachable(Unreachable.NO_ANSWER, type(error).__name__)


def _hub_time(comment: str) -> FeedComment | None:
    name, _, value = comment.strip().partition(" ")
    if name != HUB_TIME_COMMENT:
        return None
    try:
        return FeedComment(from_wire(value.strip()))
    except ValueError:
        return None
