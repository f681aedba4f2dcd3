"""Roles of staff."""

from enum import StrEnum


class StaffRole(StrEnum):
    """The roles at a terminal."""

    CASHIER = "cashier"
    STORE_MANAGER = "store_manager"
