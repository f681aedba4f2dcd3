"""Time: a clock port, and the one form of an instant on the wire (protocol.md 4).

Every instant inside MPS is an aware UTC datetime with whole milliseconds, so that what was signed,
stored and read back compares equal.
"""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Annotated, Protocol

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_WIRE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)


class Clock(Protocol):
    """Where time comes from; injected, so that tests and the simulator own it."""

    def now(self) -> datetime:
        """The present instant: aware, UTC, whole milliseconds."""
        ...

    def monotonic_ms(self) -> int:
        """Milliseconds since an arbitrary start; never goes back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's idea of UTC, cut to whole milliseconds."""
        return to_milliseconds(datetime.now(UTC))

    def monotonic_ms(self) -> int:
        """The machine's monotonic clock in milliseconds."""
        return time.monotonic_ns() // 1_000_000


def to_milliseconds(instant: datetime) -> datetime:
    """Cut an aware instant to whole milliseconds in UTC.

    Raises:
        ValueError: the datetime is naive.
    """
    if instant.tzinfo is None:
        raise ValueError("a naive datetime is not an instant")
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def to_wire(instant: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ss.mmmZ` (protocol.md 4).

    Raises:
        ValueError: the datetime is naive.
    """
    utc = to_milliseconds(instant)
    # Not %Y: it does not fill up years before 1000 everywhere.
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def from_wire(text: str) -> datetime:
    """Read the wire form, exactly.

    Raises:
        ValueError: any other spelling, or no such date.
    """
    if not _WIRE.fullmatch(text):
        raise ValueError("not of the form YYYY-MM-DDThh:mm:ss.mmmZ")
    return datetime.fromisoformat(text)


def from_unix(seconds: int) -> datetime:
    """The instant that many seconds after 1970 (a CWT's NumericDate)."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def to_unix(instant: datetime) -> int:
    """Whole seconds since 1970, rounded down."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def _read(value: object) -> datetime:
    if isinstance(value, datetime):
        return to_milliseconds(value)
    if isinstance(value, str):
        return from_wire(value)
    raise ValueError("not an instant")


_DESCRIBED = WithJsonSchema(
    {
        "type": "string",
        "format": "date-time",
        "pattern": (
            r"^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
            r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$"
        ),
    }
)
WireInstant = Annotated[
    datetime, BeforeValidator(_read), PlainSerializer(to_wire, return_type=str), _DESCRIBED
]
"""An instant in an API message or a journal entry: strict wire text outside, aware UTC inside."""
