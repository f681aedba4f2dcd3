"""Owns shifts: what terminals report of them, beside the hub's own sums."""

from hub_server.shifts.queries import ShiftRow, shift_marks
from hub_server.shifts.record_shifts import ShiftClosed, ShiftOpened, record_shifts

__all__ = ["ShiftClosed", "ShiftOpened", "ShiftRow", "record_shifts", "shift_marks"]
