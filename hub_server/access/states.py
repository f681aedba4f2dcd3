"""Whose session a token opens."""

from enum import StrEnum


class SessionKind(StrEnum):
    """Whose session it is."""

    MEMBER = "member"
    ADMIN = "admin"
    REGISTRATION = "registration"
