"""Ids in paths: what can be no id of ours is answered like an unknown one, so that nobody learns anything. Pure."""

from typing import Annotated

from fastapi import Path

from shared.ids import is_uuid7
from shared.problems import Code, CodedError

PathId = Annotated[str, Path(max_length=64, json_schema_extra={"format": "uuid"})]
"""An id in a path; `known_form` before it meets the database."""


def known_form(text: str, code: Code = Code.NOT_FOUND) -> str:
    """The id, if it has the form of one.

    Raises:
        CodedError: `code`, as for an id that nobody has.
    """
    if not is_uuid7(text):
        raise CodedError(code)
    return text
