"""Owns registration: how a person becomes a member with a first card."""

from hub_server.registration.create_member_profile import (
    NewMember,
    create_member_profile,
    give_standard_card,
)

__all__ = ["NewMember", "create_member_profile", "give_standard_card"]
