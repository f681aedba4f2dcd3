"""A line between terminal and hub that can be cut: a TCP proxy with faults (faults.md, PX)."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from enum import Enum
from types import TracebackType
from typing import Any, Self

_WAIT_S = 10
_TURNS = 8
"""Of the event loop: more than a connection needs from being accepted to being closed."""


class LineFault(Enum):
    """What the line does with what is sent over it.

    `REFUSE`: connections are reset and new ones refused. `SWALLOW`: connections are accepted and every
    byte disappears, both ways. `LOSE_REPLIES`: requests arrive, answers do not.
    """

    NONE = "none"
    REFUSE = "refuse"
    SWALLOW = "swallow"
    LOSE_REPLIES = "lose_replies"


class Line:
    """A proxy on a port of its own that passes everything to `target_port` until told otherwise."""

    def __init__(self, target_port: int) -> None:
        """Start at once; both ends are on the loopback."""
        self.target_port = target_port
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line")
        self._thread.start()
        self.fault = LineFault.NONE
        self.transports: set[asyncio.Transport] = set()
        self.connecting: set[asyncio.Task[None]] = set()
        self.port = _free_port()
        self._call(self._listen)

    @property
    def url(self) -> str:
        """The hub's address as seen through this line."""
        return f"http://127.0.0.1:{self.port}"

    def become(self, fault: LineFault) -> None:
        """Change what the line does; returns once it does."""
        self._call(lambda: self._change(fault))

    def close(self) -> None:
        """Cut everything and stop."""
        self._call(self._silence)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_WAIT_S)
        self._loop.close()

    def __enter__(self) -> Self:
        """Use the line; it is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _call(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        asyncio.run_coroutine_threadsafe(work(), self._loop).result(_WAIT_S)

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(
            lambda: _TerminalSide(self, self.target_port), "127.0.0.1", self.port
        )

    async def _silence(self) -> None:
        # What was accepted a moment ago is on its way to become a connection; a closed server would leave it open
        # for ever. So accept no more, let those come, end them all, and close then.
        for listener in self._server.sockets if self._server is not None else ():
            self._loop.remove_reader(listener.fileno())
        for _ in range(_TURNS):
            for task in list(self.connecting):
                task.cancel()
            for transport in list(self.transports):
                transport.abort()
            await asyncio.sleep(0)
        if self._server is not None:
            self._server.close()
            self._server = None
        while self.transports:
            await asyncio.sleep(0)

    async def _change(self, fault: LineFault) -> None:
        before, self.fault = self.fault, fault
        if fault is LineFault.REFUSE:
            await self._silence()
        elif before is LineFault.REFUSE:
            await self._listen()


class _Side(asyncio.Protocol):
    """One end of a connection: what it receives goes to `other`, unless the line loses it."""

    swallowed_in: frozenset[LineFault]

    def __init__(self, line: Line) -> None:
        self._line = line
        self._own: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._tainted = False
        self.other: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._own = transport
        self._line.transports.add(transport)

    def join(self, other: asyncio.Transport) -> None:
        self.other = other
        for data in self._waiting:
            other.write(data)
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        # A stream that lost bytes can never be whole again: nothing more of it arrives.
        self._tainted = self._tainted or self._line.fault in self.swallowed_in
        if self._tainted:
            return
        if self.other is None:
            self._waiting.append(data)
        else:
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._own is not None:
            self._line.transports.discard(self._own)
        if self.other is not None and not self._tainted:
            self.other.close()


class _TerminalSide(_Side):
    swallowed_in = frozenset({LineFault.SWALLOW})

    def __init__(self, line: Line, target_port: int) -> None:
        super().__init__(line)
        self._target_port = target_port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        task = asyncio.get_running_loop().create_task(self._connect())
        self._line.connecting.add(task)
        task.add_done_callback(self._line.connecting.discard)

    async def _connect(self) -> None:
        assert self._own is not None
        hub_side = _HubSide(self._line)
        hub_side.other = self._own
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_connection(lambda: hub_side, "127.0.0.1", self._target_port)
        except OSError:
            self._own.abort()
            return
        if self._own.is_closing():
            transport.abort()
        else:
            self.join(transport)


class _HubSide(_Side):
    swallowed_in = frozenset({LineFault.SWALLOW, LineFault.LOSE_REPLIES})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
