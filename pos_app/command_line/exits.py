"""Exit codes (surface.md): scripts hold on to them."""

from enum import IntEnum


class Exit(IntEnum):
    """What the command came to."""

    DONE = 0
    NOT_PAID = 10
    IN_DOUBT = 11
    WRONG_USE = 64
    NO_LINE = 69
    FAULT = 70


class CommandFailed(Exception):
    """Said on standard error in the chosen language, then the program ends with `code`."""

    def __init__(self, code: Exit, message: str) -> None:
        """`message` tells what happened and what it means for the money."""
        super().__init__(message)
        self.code = code
        self.message = message
