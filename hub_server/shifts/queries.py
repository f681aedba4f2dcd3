"""Rows of shifts, and the hub's own sums of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update

from hub_server.foundation.storage import insert_new_rows
from hub_server.shifts.rules import OwnSums
from hub_server.shifts.tables import shifts
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions
from shared.journal_entries import ShiftCloseData


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """A shift of a terminal; `difference` in minor units, None while it cannot be told."""

    terminal_id: str
    shift: str
    cashier: str
    opened_at: datetime | None
    closed_at: datetime | None
    closed_seq: int | None
    reported: ShiftCloseData | None
    difference: int | None


def insert_shifts(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Shifts that may be there already."""
    insert_new_rows(connection, shifts, rows)


def write_openings(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """`{the_terminal, the_shift, new_opened_at}`: an opening that came after its closing."""
    if rows:
        connection.execute(
            update(shifts)
            .where(*_one(), shifts.c.opened_at.is_(None))
            .values(opened_at=bindparam("new_opened_at")),
            list(rows),
        )


def write_closings(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """`{the_terminal, the_shift, new_closed_at, new_closed_seq, new_reported}`: the first closing stands."""
    if rows:
        connection.execute(
            update(shifts)
            .where(*_one(), shifts.c.closed_at.is_(None))
            .values(
                closed_at=bindparam("new_closed_at"),
                closed_seq=bindparam("new_closed_seq"),
                reported=bindparam("new_reported"),
            ),
            list(rows),
        )


def write_differences(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """`{the_terminal, the_shift, new_difference}`."""
    if rows:
        connection.execute(
            update(shifts).where(*_one()).values(difference=bindparam("new_difference")), list(rows)
        )


def shifts_to_compare(
    connection: Connection, terminal_id: str, through: int, touched: Sequence[str]
) -> list[ShiftRow]:
    """Closed shifts whose entries are all there and whose difference is not known or may have changed."""
    which = [shifts.c.difference.is_(None)] + ([shifts.c.shift.in_(touched)] if touched else [])
    # One query each: together they would be answered by reading every shift that the terminal ever had.
    found = [
        connection.execute(
            select(shifts).where(shifts.c.terminal_id == terminal_id, shifts.c.closed_seq <= through, one)
        )
        for one in which
    ]
    rows = {row.shift: row for part in found for row in part}
    return [_shift(dict(row._mapping)) for row in rows.values()]


def own_sums(
    connection: Connection, terminal_id: str, shift: str, closed_seq: int, without: Sequence[str]
) -> OwnSums:
    """What the shift's charges took and gave back by what stands before its closing in the journal.

    Without the charges that were in doubt at the closing; a later void is an adjustment of the shift.
    """
    kind, moved = transactions.c.kind, transactions.c.payable
    is_reversal = kind == TransactionKind.REVERSAL.value
    is_charge = and_(kind == TransactionKind.CHARGE.value, transactions.c.entry_id.not_in(without))
    row = connection.execute(
        select(
            func.coalesce(func.sum(moved).filter(is_charge), 0).label("charged"),
            func.coalesce(func.sum(moved).filter(is_reversal), 0).label("given_back"),
        ).where(
            transactions.c.terminal_id == terminal_id,
            transactions.c.shift == shift,
            transactions.c.entry_seq < closed_seq,
        )
    ).one()
    return OwnSums(charged=int(row.charged), given_back=int(row.given_back))


def _one() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return shifts.c.terminal_id == bindparam("the_terminal"), shifts.c.shift == bindparam("the_shift")


def _shift(values: dict[str, Any]) -> ShiftRow:
    reported = values.pop("reported")
    data = ShiftCloseData.model_validate(reported) if reported is not None else None
    return ShiftRow(reported=data, **values)
