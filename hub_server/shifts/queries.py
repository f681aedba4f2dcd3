"""Rows of shifts, and the hub's own sums of them."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from hub_server.foundation.storage import insert_new_rows
from hub_server.shifts.rules import Movement, OwnSums
from hub_server.shifts.tables import shifts
from hub_server.terminals.tables import terminals
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions
from shared.journal_entries import ShiftCloseData

_log = logging.getLogger("mps.hub.shifts")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    """A shift of a terminal; `difference` in minor units, None while it cannot be told.

    A shift may be closed without having been opened: its opening is out, or was never written.
    """

    terminal_id: str
    shift: str
    cashier: str
    opened_at: datetime | None
    opened_seq: int | None
    closed_at: datetime | None
    closed_seq: int | None
    reported: ShiftCloseData | None
    difference: int | None


def insert_shifts(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Shifts that may be there already."""
    insert_new_rows(connection, shifts, rows)


def write_openings(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """`{the_terminal, the_shift, new_opened_at, new_opened_seq}`: the first opening stands."""
    if rows:
        connection.execute(
            update(shifts)
            .where(*_one(), shifts.c.opened_at.is_(None))
            .values(opened_at=bindparam("new_opened_at"), opened_seq=bindparam("new_opened_seq")),
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


def write_difference(connection: Connection, shift: ShiftRow, value: int) -> None:
    """What its report and the hub's own sums differ by."""
    mine = shifts.c.terminal_id == shift.terminal_id, shifts.c.shift == shift.shift
    connection.execute(update(shifts).where(*mine).values(difference=value))


def shifts_to_compare(
    connection: Connection, terminal_id: str, through: int, touched: Sequence[str]
) -> list[str]:
    """Closed shifts whose entries are all there and whose difference is not known or may have changed."""
    which = [shifts.c.difference.is_(None)] + ([shifts.c.shift.in_(touched)] if touched else [])
    # One query each: together they would be answered by reading every shift that the terminal ever had.
    found = [
        connection.execute(
            select(shifts.c.shift).where(
                shifts.c.terminal_id == terminal_id, shifts.c.closed_seq <= through, one
            )
        ).scalars()
        for one in which
    ]
    return sorted({shift for part in found for shift in part})


def read_shift(connection: Connection, terminal_id: str, shift: str) -> ShiftRow:
    """One shift.

    Raises:
        LookupError: there is no such shift.
        ValueError: its report cannot be read.
    """
    one = select(shifts).where(shifts.c.terminal_id == terminal_id, shifts.c.shift == shift)
    row = connection.execute(one).first()
    if row is None:
        raise LookupError(shift)
    return _shift(dict(row._mapping))


def own_sums(connection: Connection, shift: ShiftRow, without: Sequence[str]) -> OwnSums:
    """What the shift took and gave back by what stands before its closing in the journal.

    Without charges and refunds that were in doubt at the closing; a later void is an adjustment of the shift.
    """
    kind, moved = transactions.c.kind, transactions.c.payable
    is_known = transactions.c.entry_id.not_in(without)
    is_charge = and_(kind == TransactionKind.CHARGE.value, is_known)
    is_refund = and_(kind == TransactionKind.REFUND.value, is_known)
    is_back = or_(kind == TransactionKind.REVERSAL.value, is_refund)
    row = connection.execute(
        select(
            func.coalesce(func.sum(moved).filter(is_charge), 0).label("charged"),
            func.coalesce(func.sum(moved).filter(is_back), 0).label("given_back"),
        ).where(
            transactions.c.terminal_id == shift.terminal_id,
            transactions.c.shift == shift.shift,
            transactions.c.entry_seq < shift.closed_seq,
        )
    ).one()
    given_back = int(row.given_back)
    if shift.opened_seq is not None:
        # A refund names no shift: decided before the entries around it had come, it is known by its place alone.
        placed = connection.execute(
            select(func.coalesce(func.sum(moved), 0)).where(
                transactions.c.terminal_id == shift.terminal_id,
                transactions.c.shift.is_(None),
                transactions.c.entry_seq > shift.opened_seq,
                transactions.c.entry_seq < shift.closed_seq,
                is_refund,
            )
        ).scalar_one()
        given_back += int(placed)
    return OwnSums(charged=int(row.charged), given_back=given_back)


def movements_of(connection: Connection, shift: ShiftRow) -> list[Movement]:
    """Every transaction of a shift, and refunds without one that stand in it, in the order of the journal."""
    t = transactions.c
    mine = [t.shift == shift.shift]
    if shift.opened_seq is not None:
        placed = [t.shift.is_(None), t.entry_seq > shift.opened_seq, t.kind == TransactionKind.REFUND.value]
        if shift.closed_seq is not None:
            placed.append(t.entry_seq < shift.closed_seq)
            mine.append(and_(*placed))
    found = [
        connection.execute(
            select(
                t.id.label("transaction_id"),
                t.tx_no,
                t.kind,
                t.entry_id,
                t.entry_seq,
                t.original_id,
                t.payable,
                t.reason,
                t.at,
                t.completed_at,
            ).where(t.terminal_id == shift.terminal_id, which)
        ).all()
        for which in mine
    ]
    rows = (Movement(**row._mapping) for part in found for row in part)
    return sorted(rows, key=lambda movement: movement.entry_seq)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFilter:
    """Which shifts; what is None is no limit. `begin` and `end` bound when it was opened, or else closed."""

    merchant_id: str
    store_id: str | None = None
    terminal_id: str | None = None
    begin: datetime | None = None
    end: datetime | None = None


def shifts_before(
    connection: Connection, wanted: ShiftFilter, before: tuple[datetime, str] | None, limit: int
) -> list[ShiftRow]:
    """The newest first; `before` is when the last one already seen began, and its terminal."""
    began = func.coalesce(shifts.c.opened_at, shifts.c.closed_at)
    query = (
        select(shifts)
        .join(terminals, terminals.c.id == shifts.c.terminal_id)
        .where(terminals.c.merchant_id == wanted.merchant_id)
    )
    if wanted.store_id is not None:
        query = query.where(terminals.c.store_id == wanted.store_id)
    if wanted.terminal_id is not None:
        query = query.where(terminals.c.id == wanted.terminal_id)
    if wanted.begin is not None:
        query = query.where(began >= wanted.begin)
    if wanted.end is not None:
        query = query.where(began < wanted.end)
    if before is not None:
        at, terminal_id = before
        query = query.where(or_(began < at, and_(began == at, shifts.c.terminal_id < terminal_id)))
    order = (began.desc(), shifts.c.terminal_id.desc())
    return [_shift(dict(row._mapping)) for row in connection.execute(query.order_by(*order).limit(limit))]


def shift_marks(
    connection: Connection, terminal_id: str, seqs: Sequence[int]
) -> list[tuple[int, str | None]]:
    """Where shifts of the terminal began `(seq, shift)` and ended `(seq, None)` that tell which was open there."""
    if not seqs:
        return []
    mine, opened = shifts.c.terminal_id == terminal_id, shifts.c.opened_seq
    newest = select(func.max(opened)).where(mine, opened < min(seqs)).scalar_subquery()
    found = connection.execute(
        select(shifts.c.shift, opened, shifts.c.closed_seq).where(
            mine, opened >= func.coalesce(newest, 0), opened < max(seqs)
        )
    ).all()
    begun: list[tuple[int, str | None]] = [(row.opened_seq, row.shift) for row in found]
    return begun + [(row.closed_seq, None) for row in found if row.closed_seq is not None]


def set_apart(connection: Connection, work: Callable[[], None]) -> bool:
    """Do the work, or none of it, whatever goes wrong inside; whether it was done.

    What goes wrong with the database itself is the whole transaction's matter.

    Raises:
        OperationalError, InterfaceError: a lock, a deadlock, a connection that broke (by `Database.run`).
    """
    savepoint = connection.begin_nested()
    try:
        work()
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - a boundary: logged, and told to a person by the caller
        savepoint.rollback()
        _log.exception("the bookkeeping of a shift failed")
        return False
    savepoint.commit()
    return True


def _one() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return shifts.c.terminal_id == bindparam("the_terminal"), shifts.c.shift == bindparam("the_shift")


def _shift(values: dict[str, Any]) -> ShiftRow:
    reported = values.pop("reported")
    data = ShiftCloseData.model_validate(reported) if reported is not None else None
    return ShiftRow(reported=data, **values)
