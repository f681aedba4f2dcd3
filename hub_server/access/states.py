"""Whose session a token opens, who signs in with a password as what, and what became of a one-time password."""

from enum import StrEnum


class SessionKind(StrEnum):
    """Whose session it is."""

    MEMBER = "member"
    ADMIN = "admin"
    MERCHANT = "merchant"
    REGISTRATION = "registration"


class OtpFate(StrEnum):
    """To whom it was sent; `withheld`: to nobody, though the answer said the same."""

    TO_MEMBER = "to_member"
    TO_STRANGER = "to_stranger"
    WITHHELD = "withheld"


class LoginKind(StrEnum):
    """Whose login it is."""

    ADMIN = "admin"
    MERCHANT = "merchant"


class LoginRole(StrEnum):
    """What somebody signs in as; `permissions` says what each may do. The last two are a merchant's people."""

    SUPERADMIN = "superadmin"
    OPERATOR = "operator"
    FINANCE = "finance"
    AUDITOR = "auditor"
    OWNER = "owner"
    MANAGER = "manager"


class LoginStatus(StrEnum):
    """A disabled login signs in no more, and its sessions end."""

    ACTIVE = "active"
    DISABLED = "disabled"
