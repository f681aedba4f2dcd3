"""The ends of one connection through the proxy: what is passed on, when, and how much of it."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from tests.injectors.weather import LineFault, SeenRequest, Weather

_BITS: Final = 8
_JOURNAL: Final = b"POST /api/v1/terminals/me/journal "
_REQUEST = re.compile(rb"(?:^|\r\n\r\n)([A-Z]+ /\S*) HTTP/1\.1\r\n")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")


class Carrier(Protocol):
    """The line as its connections see it."""

    weather: Weather
    target_port: int
    transports: set[asyncio.Transport]
    connecting: set[asyncio.Task[None]]

    @property
    def fault(self) -> LineFault:
        """What it does now."""
        ...

    async def pass_gate(self) -> None:
        """Wait if connections are held up."""
        ...

    def note_requests(self, found: list[SeenRequest]) -> None:
        """They begin."""
        ...

    def note_copy(self, body: bytes) -> None:
        """The second port has answered."""
        ...


class _Side(asyncio.Protocol):
    """One end of a connection: what it receives goes to `other`, unless the line loses it."""

    swallowed_in: frozenset[LineFault]

    def __init__(self, line: Carrier, limit: Callable[[Weather], int | None]) -> None:
        """`limit`: so many bytes may pass."""
        self._line = line
        self._limit = limit
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
        limit = self._limit(weather)
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


class TerminalSide(_Side):
    swallowed_in = frozenset({LineFault.SWALLOW})

    def __init__(self, line: Carrier) -> None:
        super().__init__(line, lambda weather: weather.request_bytes)
        self._copy: asyncio.Transport | None = None
        self._hub_side = _HubSide(line)

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
        if data.startswith(_JOURNAL):
            if self._line.fault is LineFault.LOSE_ENTRIES:
                self.lose_the_rest()
            elif self._line.fault is LineFault.LOSE_DECISIONS:
                self._hub_side.lose_the_rest()
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

    def __init__(self, line: Carrier) -> None:
        super().__init__(line, lambda weather: weather.reply_bytes)


class _CopySide(asyncio.Protocol):
    """The second port's answers: noted, and sent to nobody. It stays open when the terminal leaves with the first's."""

    def __init__(self, line: Carrier) -> None:
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
