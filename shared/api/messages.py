"""The base of every message: frozen; unknown members are ignored, so that old and new programs agree."""

from pydantic import BaseModel, ConfigDict

MAX_TEXT = 1 << 20
"""Characters: no text is longer than the largest request."""


class Message(BaseModel):
    """An answer or event. What a newer peer adds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(BaseModel):
    """A request body: a member that is not known is refused, since it may be a misspelled one."""

    # Only of a bounded text does pydantic look at the characters: half a surrogate pair, which no database takes
    # and nobody can hash, is refused with it.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, str_max_length=MAX_TEXT)
