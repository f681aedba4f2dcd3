"""Owns staff: cashiers and store managers with their PINs, and their posts."""

from hub_server.staff.change_pin import change_pin
from hub_server.staff.create_staff import create_staff, hash_pin
from hub_server.staff.post_staff import end_post, post_staff
from hub_server.staff.queries import (
    PostClaim,
    PostRow,
    StaffRow,
    find_staff,
    managers_at,
    open_posts,
    staff_after,
    staff_of_store,
    stood_at,
)
from hub_server.staff.states import StaffRole

__all__ = [
    "PostClaim",
    "PostRow",
    "StaffRole",
    "StaffRow",
    "change_pin",
    "create_staff",
    "end_post",
    "find_staff",
    "hash_pin",
    "managers_at",
    "open_posts",
    "post_staff",
    "staff_after",
    "staff_of_store",
    "stood_at",
]
