"""Owns members: the people who hold cards."""

from hub_server.members.create_member import create_member
from hub_server.members.queries import (
    MemberRow,
    insert_members,
    member_by_phone,
    member_of,
    members_by_id,
)
from hub_server.members.rules import to_e164
from hub_server.members.states import MemberStatus

__all__ = [
    "MemberRow",
    "MemberStatus",
    "create_member",
    "insert_members",
    "member_by_phone",
    "member_of",
    "members_by_id",
    "to_e164",
]
