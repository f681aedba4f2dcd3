"""An ESC/POS printer of its own: interprets the published commands, draws the paper, answers status, can be broken.

``EscposPrinter`` listens on TCP; ``paper_of`` draws the bytes of a ``.bin`` file.
"""

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from enum import Flag, auto
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image

from tests.fakes.escpos_commands import Command, CommandReader, Kind

LINE_DOTS = 30
RECEIVE_BYTES = 4096


class Fault(Flag):
    """What a person can do to a printer."""

    NONE = 0
    PAPER_NEAR_END = auto()
    PAPER_OUT = auto()
    COVER_OPEN = auto()
    OFFLINE = auto()


@dataclass
class Paper:
    """What has come out of the printer and what it was told to do."""

    receipts: list[Image.Image] = field(default_factory=list)
    unknown: list[bytes] = field(default_factory=list)
    text: bytes = b""
    cuts: int = 0
    drawer_pulses: int = 0
    realtime_in_pictures: int = 0


class Interpreter:
    """Bytes in, paper and answers out. Printing stops while a fault holds, real-time questions are still answered."""

    def __init__(self, paper_left_dots: int | None = None) -> None:
        self.paper = Paper()
        self.fault = Fault.NONE
        self._reader = CommandReader()
        self._waiting: list[Command] = []
        self._strips: list[Image.Image] = []
        self._left_dots = paper_left_dots

    def feed(self, received: bytes) -> bytes:
        """Take bytes as they arrive; returns the answers."""
        answers = b""
        for command in self._reader.feed(received):
            if command.kind is Kind.REALTIME_STATUS:
                answers += bytes((self._realtime(command.argument),))
            else:
                self._waiting.append(command)
        self.paper.realtime_in_pictures = self._reader.realtime_in_pictures
        return answers + self._work()

    def end_of_connection(self) -> None:
        """Forget the command that the broken connection left half sent."""
        self._reader = CommandReader(self._reader.realtime_in_pictures)

    def mend(self) -> bytes:
        """Load paper, close the cover: what waited in the buffer is printed. Returns the answers that were owed."""
        self.fault = Fault.NONE
        self._left_dots = None
        return self._work()

    def uncut(self) -> Image.Image | None:
        """What stands on the paper that has not been cut off."""
        return _joined(self._strips) if self._strips else None

    def _work(self) -> bytes:
        answers = b""
        while self._waiting and not self.fault & ~Fault.PAPER_NEAR_END:
            answers += self._do(self._waiting.pop(0))
        return answers

    def _do(self, command: Command) -> bytes:
        match command.kind:
            case Kind.PICTURE:
                self._print(command.picture())
            case Kind.FEED_LINES:
                self._print(Image.new("1", (8, LINE_DOTS * max(1, command.argument)), 1))
            case Kind.FEED_DOTS:
                self._print(Image.new("1", (8, max(1, command.argument)), 1))
            case Kind.TEXT:
                self.paper.text += command.content
            case Kind.CUT:
                self.paper.cuts += 1
                if self._strips:
                    self.paper.receipts.append(_joined(self._strips))
                self._strips = []
            case Kind.DRAWER:
                self.paper.drawer_pulses += 1
            case Kind.PAPER_STATUS:
                return bytes((0x03 if self.fault & Fault.PAPER_NEAR_END else 0x00,))
            case Kind.UNKNOWN:
                self.paper.unknown.append(command.content)
            case _:
                pass
        return b""

    def _print(self, strip: Image.Image) -> None:
        if self._left_dots is not None:
            if strip.height >= self._left_dots:
                self.fault |= Fault.PAPER_OUT
                strip = strip.crop((0, 0, strip.width, max(1, self._left_dots)))
            self._left_dots -= strip.height
        self._strips.append(strip)

    def _realtime(self, question: int) -> int:
        answer = 0x12
        paper_out, cover = bool(self.fault & Fault.PAPER_OUT), bool(self.fault & Fault.COVER_OPEN)
        if question == 1 and self.fault & ~Fault.PAPER_NEAR_END:
            answer |= 0x08
        if question == 2:
            answer |= (0x04 if cover else 0) | (0x20 if paper_out else 0)
        if question == 4:
            answer |= (0x60 if paper_out else 0) | (0x0C if self.fault & Fault.PAPER_NEAR_END else 0)
        return answer


def _joined(strips: list[Image.Image]) -> Image.Image:
    joined = Image.new("1", (max(s.width for s in strips), sum(s.height for s in strips)), 1)
    top = 0
    for strip in strips:
        joined.paste(strip, (0, top))
        top += strip.height
    return joined


def paper_of(content: bytes) -> Paper:
    """The paper that these bytes print, a last receipt without a cut included."""
    interpreter = Interpreter()
    interpreter.feed(content)
    rest = interpreter.uncut()
    if rest is not None:
        interpreter.paper.receipts.append(rest)
    return interpreter.paper


def write_pictures(binary: Path, folder: Path) -> list[Path]:
    """Each receipt in a ``.bin`` file as ``folder/<name>-<n>.png``."""
    written = []
    for number, receipt in enumerate(paper_of(binary.read_bytes()).receipts, start=1):
        target = folder / f"{binary.stem}-{number}.png"
        receipt.save(target)
        written.append(target)
    return written


class EscposPrinter:
    """The interpreter behind a TCP port of this machine; use as a context manager.

    ``hang_up``: closes the connection at the first status question. ``silent``: takes everything, answers nothing.
    ``pull_after``: the cable goes after so many bytes of one connection. ``deaf_to_gs_r``: a printer without GS r.
    """

    def __init__(self, *, port: int = 0, paper_left_dots: int | None = None) -> None:
        self._interpreter = Interpreter(paper_left_dots)
        self._lock = threading.Lock()
        self.hang_up = False
        self.silent = False
        self.deaf_to_gs_r = False
        self.pull_after: int | None = None
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", port))
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name="fake-printer", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self._listener.getsockname()[1]
        return number

    @property
    def address(self) -> str:
        """The address to give to ``--printer``."""
        return f"escpos+tcp://127.0.0.1:{self.port}"

    @property
    def paper(self) -> Paper:
        """What has come out so far."""
        with self._lock:
            return self._interpreter.paper

    def uncut(self) -> Image.Image | None:
        """What has been printed since the last cut."""
        with self._lock:
            return self._interpreter.uncut()

    def break_with(self, fault: Fault) -> None:
        """From now on, this fault."""
        with self._lock:
            self._interpreter.fault = fault

    def mend(self) -> None:
        """All in order again; what waited is printed."""
        with self._lock:
            self._interpreter.mend()

    def close(self) -> None:
        """Switch the printer off."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            _reset(connection)
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        taken = 0
        try:
            while received := connection.recv(RECEIVE_BYTES):
                if self.pull_after is not None and taken + len(received) > self.pull_after:
                    self._take(received[: max(0, self.pull_after - taken)])
                    _reset(connection)
                    return
                taken += len(received)
                if self.hang_up and b"\x10\x04" in received:
                    return
                answers = self._take(received)
                if answers and not self.silent:
                    connection.sendall(answers)
        except OSError:
            return  # the other side went away, as sides do
        finally:
            with self._lock:
                self._open.discard(connection)
                self._interpreter.end_of_connection()
            connection.close()

    def _take(self, received: bytes) -> bytes:
        with self._lock:
            answers = self._interpreter.feed(received)
        return bytes(b for b in answers if b & 0x10) if self.deaf_to_gs_r else answers


def _reset(connection: socket.socket) -> None:
    """Break the connection without a farewell, as a pulled cable's other end sees it."""
    with contextlib.suppress(OSError):  # the connection's own thread may have closed it a moment ago
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
