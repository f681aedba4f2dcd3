"""What long work tells of itself."""

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """The long steps of a backup and of a restore, in their order."""

    COPY = "copy"
    PACK = "pack"
    UNPACK = "unpack"
    LOAD = "load"
    CHECK = "check"


Progress = Callable[[Step, int, int], None]
"""Told the step, what is done of it, and all there is to do (pages or bytes; 0 of 0 where nobody knows)."""
