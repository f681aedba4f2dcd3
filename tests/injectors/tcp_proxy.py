"""A line between terminal and hub that can be cut, slowed and spoiled: a TCP proxy with faults (faults.md, PX)."""

import asyncio
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from enum import Enum
from itertools import cycle
from types import TracebackType
from typing import Any, Final, Self

_WAIT_S: Final = 10
_TURNS: Final = 8
"""Of the event loop: more than a connection needs from being accepted to being closed."""
_BITS: Final = 8
_JOURNAL: Final = b"POST /api/v1/terminals/me/journal "
_REQUEST = re.compile(rb"(?:^|\r\n\r\n)([A-Z]+ /\S*) HTTP/1\.1\r\n")

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")


class LineFault(Enum):
    """What the line does with what is sent over it.

    `REFUSE`: connections are reset and new ones refused. `SWALLOW`: connections are accepted and every
    byte disappears, both ways. `LOSE_REPLIES`: requests arrive, answers do not. `LOSE_ENTRIES` and `LOSE_DECISIONS`:
    of the requests to the journal alone, they or their answers disappear; all else passes.
    """

    NONE = "none"
    REFUSE = "refuse"
    SWALLOW = "swallow"
    LOSE_REPLIES = "lose_replies"
    LOSE_ENTRIES = "lose_entries"
    LOSE_DECISIONS = "lose_decisions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What bytes meet on their way.

    Attributes:
        delay_s: each way, so a round trip takes twice that.
        bits_per_s: each connection's, each way; None: as fast as the machine.
        request_bytes: so many bytes of what a connection sends arrive, then both sides see its end.
        reply_bytes: so many bytes of what a connection is answered arrive, then likewise.
        copy_to: a second port that each connection's requests reach too; what it answers, see `wait_for_copies`.
    """

    fault: LineFault = LineFault.NONE
    delay_s: float = 0.0
    bits_per_s: int | None = None
    request_bytes: int | None = None
    reply_bytes: int | None = None
    copy_to: int | None = None


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request that began at the proxy: method and path, and when (monotonic seconds)."""

    what: str
    at_s: float


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
        self._server = await self._loop.create_server(lambda: _TerminalSide(self), "127.0.0.1", self.port)

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


class _Side(asyncio.Protocol):
    """One end of a connection: what it receives goes to `other`, unless the line loses it."""

    swallowed_in: frozenset[LineFault]

    def __init__(self, line: Line) -> None:
        self._line = line
        self._own: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._tainted = False
        self._passed = 0
        self._free_at = self._due_at = 0.0
        self._on_its_way: deque[tuple[float, Callable[[], None]]] = deque()
        self.other: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._own = transport
        self._line.transports.add(transport)

    def join(self, other: asyncio.Transport) -> None:
        self.other = other
        for data in self._waiting:
            self._pass_on(data)
        self._waiting.clear()

    def lose_the_rest(self) -> None:
        """Nothing more of this stream arrives."""
        self._tainted = True

    def limit(self, weather: Weather) -> int | None:
        """So many bytes may pass."""
        raise NotImplementedError

    def data_received(self, data: bytes) -> None:
        # A stream that lost bytes can never be whole again: nothing more of it arrives.
        self._tainted = self._tainted or self._line.fault in self.swallowed_in
        if self._tainted:
            return
        if self.other is None:
            self._waiting.append(data)
        else:
            self._pass_on(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._own is not None:
            self._line.transports.discard(self._own)
        if self.other is not None and not self._tainted:
            self._in_turn(self.other.close)

    def _pass_on(self, data: bytes) -> None:
        weather, now = self._line.weather, asyncio.get_running_loop().time()
        limit = self.limit(weather)
        cut = data if limit is None else data[: max(0, limit - self._passed)]
        self._passed += len(cut)
        takes_s = len(cut) * _BITS / weather.bits_per_s if weather.bits_per_s is not None else 0.0
        self._free_at = max(self._free_at, now) + takes_s
        self._due_at = max(self._due_at, self._free_at + weather.delay_s)
        self._in_turn(lambda: self._write(cut))
        if len(cut) < len(data):
            self._tainted = True
            self._in_turn(self._end_both)

    def _in_turn(self, work: Callable[[], None]) -> None:
        """After everything that is still on its way."""
        loop = asyncio.get_running_loop()
        if not self._on_its_way and self._due_at <= loop.time():
            work()
            return
        self._on_its_way.append((self._due_at, work))
        if len(self._on_its_way) == 1:
            loop.call_at(self._due_at, self._arrive)

    def _arrive(self) -> None:
        loop = asyncio.get_running_loop()
        while self._on_its_way and self._on_its_way[0][0] <= loop.time():
            _, work = self._on_its_way.popleft()
            work()
        if self._on_its_way:
            loop.call_at(self._on_its_way[0][0], self._arrive)

    def _write(self, data: bytes) -> None:
        if self.other is not None and not self.other.is_closing():
            self.other.write(data)

    def _end_both(self) -> None:
        for transport in (self.other, self._own):
            if transport is not None:
                transport.close()


class _TerminalSide(_Side):
    swallowed_in = frozenset({LineFault.SWALLOW})

    def __init__(self, line: Line) -> None:
        super().__init__(line)
        self._copy: asyncio.Transport | None = None
        self._hub_side = _HubSide(line)

    def limit(self, weather: Weather) -> int | None:
        return weather.request_bytes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        task = asyncio.get_running_loop().create_task(self._connect())
        self._line.connecting.add(task)
        task.add_done_callback(self._line.connecting.discard)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._line.note_requests(
            [SeenRequest(match[1].decode("latin-1"), now) for match in _REQUEST.finditer(data)]
        )
        super().data_received(data)

    def _write(self, data: bytes) -> None:
        super()._write(data)
        if self._copy is not None:
            self._copy.write(data)

    async def _connect(self) -> None:
        assert self._own is not None
        line, loop = self._line, asyncio.get_running_loop()
        await line.pass_gate()
        hub_side = self._hub_side
        hub_side.other = self._own
        try:
            transport, _ = await loop.create_connection(lambda: hub_side, "127.0.0.1", line.target_port)
            if line.weather.copy_to is not None:
                self._copy, _ = await loop.create_connection(
                    lambda: _CopySide(line), "127.0.0.1", line.weather.copy_to
                )
        except OSError:
            self._own.abort()
            return
        if self._own.is_closing():
            transport.abort()
        else:
            self.join(transport)


class _HubSide(_Side):
    swallowed_in = frozenset({LineFault.SWALLOW, LineFault.LOSE_REPLIES})

    def limit(self, weather: Weather) -> int | None:
        return weather.reply_bytes


class _CopySide(asyncio.Protocol):
    """The second port's answers: noted, and sent to nobody. It stays open when the terminal leaves with the first's."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._said = b""
        self._own: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._own = transport
        self._line.transports.add(transport)

    def data_received(self, data: bytes) -> None:
        self._said += data
        head, blank, body = self._said.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if blank and length is not None and len(body) >= int(length[1]):
            self._said = body[int(length[1]) :]
            self._line.note_copy(body[: int(length[1])])

    def connection_lost(self, exc: Exception | None) -> None:
        if self._own is not None:
            self._line.transports.discard(self._own)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
