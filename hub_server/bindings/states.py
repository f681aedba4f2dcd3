"""The roles in which a member may hold a card."""

from enum import StrEnum


class BindingRole(StrEnum):
    """All but `viewer` may present a code."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


PRESENTING = frozenset({BindingRole.OWNER, BindingRole.ADMIN, BindingRole.MEMBER})
"""Who may present a payment code."""
