"""Requests whose head never ends: bounded in size and time before anything is made of it (faults.md 13).

The guard bounds bodies; what comes before a body never reaches it, and the parser keeps all of it in memory.
"""

from asyncio import TimerHandle
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES: Final = 1 << 16
HEAD_TIMEOUT_S: Final = "head_timeout_s"
"""The name, in the lifespan's state, of the seconds in which a request's head must be whole."""


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol; a request line and headers over `HEAD_BYTES` are refused with 431, slow ones with 408."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """As uvicorn makes it."""
        super().__init__(*arguments, **named)
        self._in_head = True
        self._head_bytes = 0
        self._head_deadline: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody has come: they are to say what they want, and soon."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._forget_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that is not whole yet."""
        if self._in_head:
            self._head_bytes += len(data)
            self._await_head()
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._in_head = False
        self._forget_deadline()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Another head may follow; until it begins, uvicorn's own patience with idle connections counts."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()

    def _await_head(self) -> None:
        if self._head_deadline is None:
            timeout_s: int = self.app_state[HEAD_TIMEOUT_S]
            self._head_deadline = self.loop.call_later(timeout_s, self._refuse, HTTPStatus.REQUEST_TIMEOUT)

    def _forget_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _refuse(self, status: HTTPStatus) -> None:
        if self.transport.is_closing():
            return
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        self.transport.write(head.encode("ascii"))
        self.transport.close()
