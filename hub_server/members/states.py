"""What a member may be, and what may follow."""

from enum import StrEnum


class MemberStatus(StrEnum):
    """A suspended member's codes do not pay."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


TRANSITIONS: dict[MemberStatus, frozenset[MemberStatus]] = {
    MemberStatus.ACTIVE: frozenset({MemberStatus.SUSPENDED}),
    MemberStatus.SUSPENDED: frozenset({MemberStatus.ACTIVE}),
}
