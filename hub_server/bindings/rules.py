"""Cursors of the member's lists: opaque outside, exact inside. Pure."""

from datetime import datetime

from shared.clock import from_wire, to_wire
from shared.ids import is_uuid7
from shared.problems import Code, CodedError, FieldError
from shared.signing import from_base64url, to_base64url

MAX_PAGE = 200
DEFAULT_PAGE = 50


def write_place(at: datetime, identifier: str) -> str:
    """The cursor after a movement."""
    return to_base64url(f"{to_wire(at)} {identifier}".encode("ascii"))


def read_place(cursor: str) -> tuple[datetime, str]:
    """The movement that a cursor stands after.

    Raises:
        CodedError: INVALID_REQUEST; not a cursor of ours.
    """
    try:
        moment, _, identifier = from_base64url(cursor).decode("ascii").partition(" ")
        return from_wire(moment), checked_id(identifier)
    except ValueError as error:
        raise not_a_cursor() from error


def checked_id(cursor: str) -> str:
    """A cursor that is an id.

    Raises:
        CodedError: INVALID_REQUEST; not a cursor of ours.
    """
    if not is_uuid7(cursor):
        raise not_a_cursor()
    return cursor


def not_a_cursor() -> CodedError:
    """The refusal of a made-up cursor."""
    field = FieldError(pointer="/cursor", detail="not a cursor of this list")
    return CodedError(Code.INVALID_REQUEST, "the cursor is not one of this list", fields=(field,))
