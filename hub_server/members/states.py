"""What a member may be."""

from enum import StrEnum


class MemberStatus(StrEnum):
    """A suspended member's codes do not pay."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
