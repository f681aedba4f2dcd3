"""Cursor-paged lists: cursors are opaque outside, exact inside (surface.md: `?limit=&cursor=`). Pure."""

from datetime import datetime
from typing import Annotated

from fastapi import Query

from shared.clock import from_wire, to_wire
from shared.ids import is_uuid7
from shared.problems import Code, CodedError, FieldError
from shared.signing import from_base64url, to_base64url

MAX_PAGE = 200
DEFAULT_PAGE = 50
MAX_SERIAL_DIGITS = 18

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, Query(max_length=128)]


def write_place(at: datetime, identifier: str) -> str:
    """The cursor after a row that is ordered by its time and id."""
    return to_base64url(f"{to_wire(at)} {identifier}".encode("ascii"))


def read_place(cursor: str) -> tuple[datetime, str]:
    """The row that a cursor stands after.

    Raises:
        CodedError: INVALID_REQUEST; not a cursor of ours.
    """
    try:
        moment, _, identifier = from_base64url(cursor).decode("ascii").partition(" ")
        at = from_wire(moment)
    except ValueError as error:
        raise not_a_cursor() from error
    if not is_uuid7(identifier):
        raise not_a_cursor()
    return at, identifier


def write_id(identifier: str) -> str:
    """The cursor after a row that is ordered by its id (UUIDv7: by when it was made)."""
    return to_base64url(identifier.encode("ascii"))


def read_id(cursor: str) -> str:
    """The id that a cursor stands after.

    Raises:
        CodedError: INVALID_REQUEST; not a cursor of ours.
    """
    try:
        identifier = from_base64url(cursor).decode("ascii")
    except ValueError as error:
        raise not_a_cursor() from error
    if not is_uuid7(identifier):
        raise not_a_cursor()
    return identifier


def write_serial(serial: int) -> str:
    """The cursor after a row that is ordered by a number."""
    return to_base64url(str(serial).encode("ascii"))


def read_serial(cursor: str) -> int:
    """The number that a cursor stands after.

    Raises:
        CodedError: INVALID_REQUEST; not a cursor of ours.
    """
    try:
        text = from_base64url(cursor).decode("ascii")
    except ValueError as error:
        raise not_a_cursor() from error
    if not text.isdecimal() or len(text) > MAX_SERIAL_DIGITS:
        raise not_a_cursor()
    return int(text)


def not_a_cursor() -> CodedError:
    """The refusal of a made-up cursor."""
    field = FieldError(pointer="/cursor", detail="not a cursor of this list")
    return CodedError(Code.INVALID_REQUEST, "the cursor is not one of this list", fields=(field,))
