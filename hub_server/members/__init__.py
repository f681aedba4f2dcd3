"""Owns members: the people who hold cards."""

from hub_server.members.create_member import create_member
from hub_server.members.queries import (
    MemberRow,
    find_members,
    insert_members,
    member_by_phone,
    member_of,
    members_by_id,
    set_member_status,
)
from hub_server.members.require_active import require_active
from hub_server.members.rules import to_e164
from hub_server.members.states import TRANSITIONS, MemberStatus

__all__ = [
    "TRANSITIONS",
    "MemberRow",
    "MemberStatus",
    "create_member",
    "find_members",
    "insert_members",
    "member_by_phone",
    "member_of",
    "members_by_id",
    "require_active",
    "set_member_status",
    "to_e164",
]
