"""ESC/POS bytes → commands, as the published command list defines them; arrives in pieces of any size."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from PIL import Image

_INVERTED = bytes(255 - value for value in range(256))
_REALTIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


class Kind(Enum):
    """What a command does."""

    PICTURE = auto()
    FEED_LINES = auto()
    FEED_DOTS = auto()
    TEXT = auto()
    CUT = auto()
    DRAWER = auto()
    SETTING = auto()
    PAPER_STATUS = auto()
    REALTIME_STATUS = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Command:
    """One command with its bytes; ``argument`` is its first parameter."""

    kind: Kind
    content: bytes
    argument: int = 0
    width: int = 0
    raster: bytes = b""

    def picture(self) -> Image.Image:
        """The raster of a PICTURE, one-bit, black on white."""
        height = len(self.raster) // (-(-self.width // 8))
        return Image.frombytes("1", (self.width, height), self.raster.translate(_INVERTED))


# Commands of fixed length: opening bytes → (bytes of parameters, what it does).
_FIXED: dict[bytes, tuple[int, Kind]] = {
    b"\x1b@": (0, Kind.SETTING),
    b"\x1ba": (1, Kind.SETTING),
    b"\x1b!": (1, Kind.SETTING),
    b"\x1b2": (0, Kind.SETTING),
    b"\x1b3": (1, Kind.SETTING),
    b"\x1bE": (1, Kind.SETTING),
    b"\x1bG": (1, Kind.SETTING),
    b"\x1bM": (1, Kind.SETTING),
    b"\x1b-": (1, Kind.SETTING),
    b"\x1bt": (1, Kind.SETTING),
    b"\x1bR": (1, Kind.SETTING),
    b"\x1b{": (1, Kind.SETTING),
    b"\x1d!": (1, Kind.SETTING),
    b"\x1dB": (1, Kind.SETTING),
    b"\x1dL": (2, Kind.SETTING),
    b"\x1dW": (2, Kind.SETTING),
    b"\x1da": (1, Kind.SETTING),
    b"\x1bd": (1, Kind.FEED_LINES),
    b"\x1bJ": (1, Kind.FEED_DOTS),
    b"\x1bp": (3, Kind.DRAWER),
    b"\x1dr": (1, Kind.PAPER_STATUS),
    b"\x10\x04": (1, Kind.REALTIME_STATUS),
    b"\x10\x05": (1, Kind.SETTING),
    b"\x10\x14": (3, Kind.DRAWER),
}
_CUT_WITH_FEED = frozenset({65, 66, 97, 98, 103, 104})
_PLAIN_CUT = frozenset({0, 1, 48, 49})


class CommandReader:
    """Cuts a stream into commands and keeps what is not complete yet."""

    def __init__(self, realtime_in_pictures: int = 0) -> None:
        self._buffer = b""
        self._stored: Command | None = None
        self.realtime_in_pictures = realtime_in_pictures

    def feed(self, received: bytes) -> Iterator[Command]:
        """Take bytes; yields the commands that they complete."""
        self._buffer += received
        while self._buffer:
            command = self._next()
            if command is None:
                return
            self._buffer = self._buffer[len(command.content) :]
            if command.kind is Kind.PICTURE:
                self.realtime_in_pictures += sum(command.raster.count(mark) for mark in _REALTIME)
            yield command

    def _next(self) -> Command | None:
        first = self._buffer[0]
        if first == 0x0A:
            return Command(Kind.FEED_LINES, self._buffer[:1], 1)
        if first in (0x09, 0x0C, 0x0D):
            return Command(Kind.SETTING, self._buffer[:1])
        if first not in (0x10, 0x1B, 0x1C, 0x1D):
            kind = Kind.TEXT if first >= 0x20 else Kind.UNKNOWN
            return Command(kind, self._buffer[:1])
        if len(self._buffer) < 2:
            return None
        opening = self._buffer[:2]
        if opening in _FIXED:
            return self._fixed(opening)
        if opening == b"\x1dV":
            return self._cut()
        if opening == b"\x1dv":
            return self._raster_picture()
        if opening in (b"\x1d(", b"\x1d8"):
            return self._graphics(opening)
        return Command(Kind.UNKNOWN, opening)

    def _fixed(self, opening: bytes) -> Command | None:
        parameters, kind = _FIXED[opening]
        if len(self._buffer) < 2 + parameters:
            return None
        content = self._buffer[: 2 + parameters]
        return Command(kind, content, content[2] if parameters else 0)

    def _cut(self) -> Command | None:
        if len(self._buffer) < 3:
            return None
        mode = self._buffer[2]
        if mode in _CUT_WITH_FEED:
            return Command(Kind.CUT, self._buffer[:4], mode) if len(self._buffer) >= 4 else None
        return Command(Kind.CUT if mode in _PLAIN_CUT else Kind.UNKNOWN, self._buffer[:3], mode)

    def _raster_picture(self) -> Command | None:
        """GS v 0 m xL xH yL yH d…"""
        if len(self._buffer) < 8:
            return None
        if self._buffer[2:3] != b"0":
            return Command(Kind.UNKNOWN, self._buffer[:3])
        width_bytes = int.from_bytes(self._buffer[4:6], "little")
        rows = int.from_bytes(self._buffer[6:8], "little")
        end = 8 + width_bytes * rows
        if len(self._buffer) < end:
            return None
        return Command(Kind.PICTURE, self._buffer[:end], width=width_bytes * 8, raster=self._buffer[8:end])

    def _graphics(self, opening: bytes) -> Command | None:
        """GS ( L and GS 8 L: store a raster picture (function 112), print what is stored (function 2 or 50)."""
        length_bytes = 2 if opening == b"\x1d(" else 4
        start = 3 + length_bytes
        if len(self._buffer) < start:
            return None
        end = start + int.from_bytes(self._buffer[3:start], "little")
        if self._buffer[2:3] != b"L":
            return Command(Kind.UNKNOWN, self._buffer[:3])
        if len(self._buffer) < end:
            return None
        content, function = self._buffer[:end], self._buffer[start + 1]
        if function == 112:
            width = int.from_bytes(content[start + 6 : start + 8], "little")
            self._stored = Command(Kind.PICTURE, b"", width=width, raster=content[start + 10 :])
            return Command(Kind.SETTING, content)
        if function in (2, 50) and self._stored is not None:
            stored = self._stored
            return Command(Kind.PICTURE, content, width=stored.width, raster=stored.raster)
        return Command(Kind.UNKNOWN, content)
