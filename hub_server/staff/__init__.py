"""Owns staff: cashiers and store managers with their PINs, and their posts."""

from hub_server.staff.create_staff import create_staff, hash_pin
from hub_server.staff.post_staff import end_post, post_staff
from hub_server.staff.queries import (
    PostClaim,
    StaffRow,
    managers_at,
    staff_of_store,
)
from hub_server.staff.states import StaffRole

__all__ = [
    "PostClaim",
    "StaffRole",
    "StaffRow",
    "create_staff",
    "end_post",
    "hash_pin",
    "managers_at",
    "post_staff",
    "staff_of_store",
]
