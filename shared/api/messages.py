"""The base of every message: frozen; unknown members are ignored, so that old and new programs agree."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """An answer or event. What a newer peer adds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(BaseModel):
    """A request body: a member that is not known is refused, since it may be a misspelled one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
