"""What a key was given for."""

from enum import StrEnum


class RequestKind(StrEnum):
    """A key is one merchant's, whatever it asks for with it."""

    CHARGE = "charge"
    REFUND = "refund"
