"""CBOR (RFC 8949) read strictly, as protocol.md 1 asks of certificates.

Definite lengths, shortest forms, no repeated keys, no trailing bytes, nesting at most 4, integers, byte
and text strings, arrays, maps and tags only. A library that is lenient anywhere would let two readers
disagree about what was signed.
"""

from dataclasses import dataclass
from typing import Union

MAX_DEPTH = 4

CborValue = Union[int, bytes, str, list["CborValue"], dict[int | str | bytes, "CborValue"], "Tagged"]


class MalformedCbor(ValueError):
    """The bytes are not the strict CBOR that was asked for."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tagged value (major type 6)."""

    tag: int
    value: CborValue


def loads(data: bytes) -> CborValue:
    """The one value that the bytes encode.

    Raises:
        MalformedCbor: anything outside the strict subset, or bytes left over.
    """
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise MalformedCbor("trailing bytes")
    return value


def _argument(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument and the offset after the head."""
    if at >= len(data):
        raise MalformedCbor("truncated")
    major, info = data[at] >> 5, data[at] & 0x1F
    at += 1
    if info < 24:
        return major, info, at
    if info > 27:
        raise MalformedCbor("indefinite or reserved length")
    size = 1 << info - 24
    if at + size > len(data):
        raise MalformedCbor("truncated")
    argument = int.from_bytes(data[at : at + size], "big")
    smallest = 24 if size == 1 else 1 << 4 * size
    if argument < smallest:
        raise MalformedCbor("not the shortest form")
    return major, argument, at + size


def _read(data: bytes, at: int, depth: int) -> tuple[CborValue, int]:
    major, argument, at = _argument(data, at)
    match major:
        case 0:
            return argument, at
        case 1:
            return -1 - argument, at
        case 2 | 3:
            return _string(data, at, argument, is_text=major == 3)
        case 4 | 5 | 6 if depth >= MAX_DEPTH:
            raise MalformedCbor("nested too deeply")
        case 4:
            return _array(data, at, argument, depth)
        case 5:
            return _map(data, at, argument, depth)
        case 6:
            value, at = _read(data, at, depth + 1)
            return Tagged(argument, value), at
    raise MalformedCbor("floats and simple values are not allowed")


def _string(data: bytes, at: int, length: int, *, is_text: bool) -> tuple[CborValue, int]:
    end = at + length
    if end > len(data):
        raise MalformedCbor("truncated")
    raw = data[at:end]
    if not is_text:
        return raw, end
    try:
        return raw.decode("utf-8"), end
    except UnicodeDecodeError as error:
        raise MalformedCbor("not UTF-8") from error


def _array(data: bytes, at: int, length: int, depth: int) -> tuple[CborValue, int]:
    items: list[CborValue] = []
    for _ in range(min(length, len(data))):
        item, at = _read(data, at, depth + 1)
        items.append(item)
    if len(items) != length:
        raise MalformedCbor("truncated")
    return items, at


def _map(data: bytes, at: int, length: int, depth: int) -> tuple[CborValue, int]:
    entries: dict[int | str | bytes, CborValue] = {}
    for _ in range(min(length, len(data))):
        key, at = _read(data, at, depth + 1)
        if not isinstance(key, int | str | bytes):
            raise MalformedCbor("a key is an integer or a string")
        if key in entries:
            raise MalformedCbor("a key stands twice")
        entries[key], at = _read(data, at, depth + 1)
    if len(entries) != length:
        raise MalformedCbor("truncated")
    return entries, at
