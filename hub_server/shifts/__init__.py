"""Owns shifts: what terminals report of them, beside the hub's own sums."""

from hub_server.shifts.queries import ShiftFilter, ShiftRow, movements_of, shift_marks, shifts_before
from hub_server.shifts.record_shifts import ShiftClosed, ShiftOpened, record_shifts
from hub_server.shifts.rules import Approved, Figures, Movement, Reconciliation, figures_of, reconcile

__all__ = [
    "Approved",
    "Figures",
    "Movement",
    "Reconciliation",
    "ShiftClosed",
    "ShiftFilter",
    "ShiftOpened",
    "ShiftRow",
    "figures_of",
    "movements_of",
    "reconcile",
    "record_shifts",
    "shift_marks",
    "shifts_before",
]
