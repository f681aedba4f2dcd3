"""Use case record_shifts: keep what a terminal reports, and compare it once every entry before is there.

Bookkeeping beside the money: it never fails the batch of entries that it comes with.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.foundation.storage import Connection
from hub_server.shifts.queries import (
    ShiftRow,
    insert_shifts,
    own_sums,
    read_shift,
    set_apart,
    shifts_to_compare,
    write_closings,
    write_difference,
    write_openings,
)
from hub_server.shifts.rules import difference
from shared.journal_entries import ShiftCloseData, ShiftOpenData


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    """A shift_open entry that was accepted, and its place in the journal."""

    seq: int
    at: datetime
    data: ShiftOpenData


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """A shift_close entry that was accepted, and its place in the journal."""

    seq: int
    at: datetime
    data: ShiftCloseData


def record_shifts(
    connection: Connection,
    terminal_id: str,
    *,
    opened: Sequence[ShiftOpened],
    closed: Sequence[ShiftClosed],
    touched: Iterable[str],
    through: int,
    now: datetime,
    without_money: Callable[[ShiftRow], int] = lambda _shift: 0,
) -> None:
    """Store openings and closings in any order; `touched` are shifts in which money moved just now.

    What cannot be stored or compared is logged and told in an alert (`shift_not_recorded`): the money stands.

    Args:
        through: the end of the terminal's unbroken chain.
        without_money: what of a shift its terminal had approved and not undone at its closing, and which was undone
            before the hub moved any money by it (minor units): the report has it, the ledger never will.
    """
    reports: list[ShiftOpened | ShiftClosed] = [*opened, *closed]
    failed: list[str] = []
    if reports and not set_apart(connection, partial(_store, connection, terminal_id, opened, closed)):
        failed += [report.data.shift for report in reports]
    failed += [
        shift
        for shift in shifts_to_compare(connection, terminal_id, through, sorted(set(touched)))
        if not set_apart(connection, partial(_compare, connection, terminal_id, shift, without_money))
    ]
    if failed:
        told = {
            "kind": "shift_not_recorded",
            "subject": terminal_id,
            "detail": {"shifts": sorted(set(failed))},
        }
        enqueue(connection, now, [News(ALERT, told)])


def _store(
    connection: Connection, terminal_id: str, opened: Sequence[ShiftOpened], closed: Sequence[ShiftClosed]
) -> None:
    reports: list[ShiftOpened | ShiftClosed] = [*opened, *closed]
    insert_shifts(connection, [_new_row(terminal_id, item) for item in reports])
    write_openings(connection, [_opening(terminal_id, item) for item in opened])
    write_closings(connection, [_closing(terminal_id, item) for item in closed])


def _compare(
    connection: Connection, terminal_id: str, name: str, without_money: Callable[[ShiftRow], int]
) -> None:
    shift = read_shift(connection, terminal_id, name)
    if shift.reported is None or shift.closed_seq is None:
        return
    own = own_sums(connection, shift, shift.reported.in_doubt or ())
    own = replace(own, charged=own.charged + without_money(shift))
    write_difference(connection, shift, difference(shift.reported, own))


def _key(terminal_id: str, shift: str) -> dict[str, object]:
    return {"the_terminal": terminal_id, "the_shift": shift}


def _new_row(terminal_id: str, item: ShiftOpened | ShiftClosed) -> dict[str, object]:
    return {"terminal_id": terminal_id, "shift": item.data.shift, "cashier": item.data.cashier}


def _opening(terminal_id: str, item: ShiftOpened) -> dict[str, object]:
    return _key(terminal_id, item.data.shift) | {"new_opened_at": item.at, "new_opened_seq": item.seq}


def _closing(terminal_id: str, item: ShiftClosed) -> dict[str, object]:
    return _key(terminal_id, item.data.shift) | {
        "new_closed_at": item.at,
        "new_closed_seq": item.seq,
        "new_reported": item.data.model_dump(mode="json"),
    }
