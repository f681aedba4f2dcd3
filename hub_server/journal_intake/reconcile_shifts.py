"""Shifts beside the hub's own figures of them: what differs, and what adjusted them, to the entry."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.journal_intake.queries.shift_entries import approved_without_money
from hub_server.shifts import (
    Reconciliation,
    ShiftFilter,
    ShiftRow,
    movements_of,
    reconcile,
    shifts_before,
)

_NO_END = 1 << 53


@dataclass(frozen=True, slots=True)
class ReconciledShift:
    """A shift and what the hub knows of it; an open one so far."""

    shift: ShiftRow
    known: Reconciliation


def reconcile_shifts(
    connection: Connection, wanted: ShiftFilter, *, before: tuple[datetime, str] | None, limit: int
) -> list[ReconciledShift]:
    """The newest first; three reads a shift, so ask for few."""
    return [
        ReconciledShift(shift, _known(connection, shift))
        for shift in shifts_before(connection, wanted, before, limit)
    ]


def _known(connection: Connection, shift: ShiftRow) -> Reconciliation:
    end = shift.closed_seq if shift.closed_seq is not None else _NO_END
    reported = shift.reported
    return reconcile(
        movements_of(connection, shift),
        approved_without_money(connection, shift.terminal_id, shift.shift, shift.opened_seq, end),
        closed_seq=shift.closed_seq,
        in_doubt=(reported.in_doubt or ()) if reported is not None else (),
    )
