"""Whose session a token opens, and what became of a one-time password."""

from enum import StrEnum


class SessionKind(StrEnum):
    """Whose session it is."""

    MEMBER = "member"
    ADMIN = "admin"
    REGISTRATION = "registration"


class OtpFate(StrEnum):
    """To whom it was sent; `withheld`: to nobody, though the answer said the same."""

    TO_MEMBER = "to_member"
    TO_STRANGER = "to_stranger"
    WITHHELD = "withheld"
