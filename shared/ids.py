"""Typed UUIDv7 ids (RFC 9562), in lower case, as they stand in entries and messages."""

import re
import secrets
from collections.abc import Callable
from typing import Annotated, NewType

from pydantic import StringConstraints

from shared.clock import Clock

TerminalId = NewType("TerminalId", str)
EntryId = NewType("EntryId", str)
ShiftId = NewType("ShiftId", str)
CardId = NewType("CardId", str)
MemberId = NewType("MemberId", str)
MerchantId = NewType("MerchantId", str)
StoreId = NewType("StoreId", str)
StaffId = NewType("StaffId", str)
TransactionId = NewType("TransactionId", str)

_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
_UUID7 = re.compile(_PATTERN, re.ASCII)

Uuid7Text = Annotated[str, StringConstraints(pattern=_PATTERN, min_length=36, max_length=36)]
"""A UUIDv7 in a message."""


def is_uuid7(text: str) -> bool:
    """Whether the text is a UUIDv7 in canonical lower case."""
    return len(text) == 36 and _UUID7.match(text) is not None


class IdSource:
    """Makes UUIDv7 ids from an injected clock and injected randomness."""

    def __init__(self, clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> None:
        """`random_bits(n)` gives an unpredictable integer of n bits."""
        self._clock = clock
        self._random_bits = random_bits

    def new(self) -> str:
        """A fresh id; its first 48 bits are the clock's milliseconds."""
        now = self._clock.now()
        milliseconds = int(now.timestamp()) * 1000 + now.microsecond // 1000
        high = milliseconds << 16 | 7 << 12 | self._random_bits(12)
        low = 0b10 << 62 | self._random_bits(62)
        digits = f"{high:016x}{low:016x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
