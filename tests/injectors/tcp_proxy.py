"""A line between terminal and hub that can be cut, slowed and spoiled: a TCP proxy with faults (faults.md, PX)."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import cycle
from types import TracebackType
from typing import Any, Final, Self

from tests.injectors.proxy_sides import TerminalSide
from tests.injectors.weather import LineFault, SeenRequest, Weather

__all__ = ["Line", "LineFault", "SeenRequest", "Weather"]

_WAIT_S: Final = 10
_TURNS: Final = 8
"""Of the event loop: more than a connection needs from being accepted to being closed."""


@dataclass(slots=True)
class _Gate:
    """Connections that are held up: the next `left` wait until the gate is opened."""

    left: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: threading.Event = field(default_factory=threading.Event)


class Line:
    """A proxy on a port of its own that passes everything to `target_port` until told otherwise."""

    def __init__(self, target_port: int) -> None:
        """Start at once; both ends are on the loopback. `target_port` may be changed for connections to come."""
        self.target_port = target_port
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line")
        self._thread.start()
        self.weather = Weather()
        self.requests: list[SeenRequest] = []
        self._request_came = threading.Condition()
        self._copies: list[bytes] = []
        self._copy_came = threading.Condition()
        self.transports: set[asyncio.Transport] = set()
        self.connecting: set[asyncio.Task[None]] = set()
        self._gate = _Gate()
        self._flap: asyncio.TimerHandle | None = None
        self.port = _free_port()
        self._call(self._listen)

    @property
    def url(self) -> str:
        """The hub's address as seen through this line."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def fault(self) -> LineFault:
        """What it does now."""
        return self.weather.fault

    def become(self, how: LineFault | Weather) -> None:
        """Change what the line does; returns once it does. It flaps no longer."""
        weather = how if isinstance(how, Weather) else Weather(fault=how)

        async def change() -> None:
            self._end_flapping()
            await self._change(weather)

        self._call(change)

    def flap(self, weather: Weather, up_s: float, down_s: float) -> None:
        """By turns in this weather and refused, until told to become something."""
        turns = cycle([(weather, up_s), (Weather(fault=LineFault.REFUSE), down_s)])

        async def turn() -> None:
            self._end_flapping()
            how, lasts_s = next(turns)
            await self._change(how)
            self._flap = self._loop.call_later(lasts_s, lambda: self._loop.create_task(turn()))

        self._call(turn)

    def hold(self, connections: int = 1) -> threading.Event:
        """The next connections reach the hub only after `release`; the event is set once all of them are there."""
        self._gate = _Gate(connections)
        return self._gate.arrived

    def release(self) -> None:
        """What was held goes on."""
        self._loop.call_soon_threadsafe(self._gate.opened.set)

    def wait_for_requests(self, what: str, count: int, limit_s: float) -> list[float]:
        """When requests of that kind (method and path) began, once there are so many.

        Raises:
            AssertionError: there are not in time.
        """

        def seen() -> list[float]:
            return [request.at_s for request in self.requests if request.what == what]

        with self._request_came:
            assert self._request_came.wait_for(lambda: len(seen()) >= count, limit_s), self.requests
            return seen()

    def note_requests(self, found: list[SeenRequest]) -> None:
        """They begin."""
        with self._request_came:
            self.requests.extend(found)
            self._request_came.notify_all()

    def wait_for_copies(self, count: int) -> list[bytes]:
        """Bodies of the answers to copied requests, once there are so many.

        Raises:
            AssertionError: there are not in time.
        """
        with self._copy_came:
            assert self._copy_came.wait_for(lambda: len(self._copies) >= count, _WAIT_S), self._copies
            return list(self._copies)

    def note_copy(self, body: bytes) -> None:
        """The second port has answered."""
        with self._copy_came:
            self._copies.append(body)
            self._copy_came.notify_all()

    def close(self) -> None:
        """Cut everything and stop."""
        self.become(LineFault.REFUSE)
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

    async def pass_gate(self) -> None:
        """Wait here if connections are held up."""
        gate = self._gate
        if gate.left:
            gate.left -= 1
            if not gate.left:
                gate.arrived.set()
            await gate.opened.wait()

    async def _listen(self) -> None:
        self._server = await self._loop.create_server(lambda: TerminalSide(self), "127.0.0.1", self.port)

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

    async def _change(self, weather: Weather) -> None:
        before, self.weather = self.weather, weather
        was, will = before.fault is LineFault.REFUSE, weather.fault is LineFault.REFUSE
        if will and not was:
            await self._silence()
        elif was and not will:
            await self._listen()

    def _end_flapping(self) -> None:
        if self._flap is not None:
            self._flap.cancel()
            self._flap = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
