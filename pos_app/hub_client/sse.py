"""Server-sent events, read strictly and within bounds (the HTML standard, 9.2; protocol.md 6)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

MAX_LINE: Final = 1 << 20
MAX_EVENT: Final = 4 << 20


class MalformedStream(ValueError):
    """A line or an event larger than any of ours, or not UTF-8."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """A dispatched event."""

    kind: str
    data: str
    last_event_id: str


@dataclass(frozen=True, slots=True)
class StreamComment:
    """A comment's text, without the blank after the colon."""

    text: str


@dataclass(slots=True)
class _Pending:
    kind: str = ""
    data: list[str] = field(default_factory=list)
    size: int = 0


def read_stream(chunks: Iterable[bytes]) -> Iterator[StreamEvent | StreamComment]:
    """Events and comments in the order of the stream; what an end cuts off is dropped.

    Raises:
        MalformedStream: out of bounds.
    """
    pending = _Pending()
    last_event_id = ""
    for line in _lines(chunks):
        if line.startswith(":"):
            yield StreamComment(line[1:].removeprefix(" "))
            continue
        if not line:
            if pending.data:
                yield StreamEvent(pending.kind or "message", "\n".join(pending.data), last_event_id)
            pending = _Pending()
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        pending.size += len(line)
        if pending.size > MAX_EVENT:
            raise MalformedStream("an event is too large")
        match name:
            case "event":
                pending.kind = value
            case "data":
                pending.data.append(value)
            case "id" if "\0" not in value:
                last_event_id = value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        # A lone CR at the end may be the first half of CRLF.
        held = rest[-1:] if rest.endswith(b"\r") else b""
        body = rest[: len(rest) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *whole, last = body.split(b"\n")
        rest = last + held
        if len(rest) > MAX_LINE:
            raise MalformedStream("a line is too long")
        for line in whole:
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise MalformedStream("not UTF-8") from error
