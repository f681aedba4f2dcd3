"""`/merchant/shifts`: what terminals reported of their shifts, beside the hub's own figures."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from hub_server.access import MerchantSession, Permission, merchant_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import Cursor, read_place, write_place
from hub_server.journal_intake import ReconciledShift, reconcile_shifts
from hub_server.merchant_api.days_of_merchant import no_date
from hub_server.merchant_api.own_stores import own_stores, store_of_session, terminal_of_session
from hub_server.merchants import business_day
from hub_server.shifts import Figures, ShiftFilter, ShiftRow, figures_of
from shared.api.messages import Message
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.journal_entries import Status
from shared.problems import Code

DEFAULT_SHIFTS = 20
MAX_SHIFTS = 50
_Day = Annotated[
    str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})
]


class ShiftFigures(Message):
    """Counts and payable sums, minor units; `net` = charged - reversed - refunded."""

    charges: int
    charged: int
    reversals: int
    reversed: int
    refunds: int
    refunded: int
    net: int

    @classmethod
    def of(cls, figures: Figures) -> "ShiftFigures":
        """The message of figures."""
        return cls(**asdict(figures), net=figures.net)


class ShiftAdjustment(Message):
    """What moved money of the shift after its closing, or was in doubt at it; `seq`: its place in the journal."""

    seq: int
    tx_no: str
    type: Literal["charge", "reversal", "refund"]
    payable: int
    at: WireInstant
    completed_at: WireInstant


class UnbookedApproval(Message):
    """What the terminal approved by itself and the hub has not, or not yet, booked; `code`: why not."""

    seq: int
    entry_id: str
    charge_id: str
    status: Status
    code: str | None
    payable: int


class ReportedShift(Message):
    """A shift of a terminal: `theirs` as it was closed (null while it is open), `ours` as the hub knows it,
    `differences` theirs minus ours. A closed shift never changes: what comes later is an adjustment."""

    terminal_id: str
    shift: str
    cashier: str
    opened_at: WireInstant | None
    closed_at: WireInstant | None
    theirs: ShiftFigures | None
    ours: ShiftFigures
    differences: ShiftFigures | None
    in_doubt: tuple[str, ...]
    adjustments: tuple[ShiftAdjustment, ...]
    unbooked: tuple[UnbookedApproval, ...]

    @classmethod
    def of(cls, row: ReconciledShift) -> "ReportedShift":
        """The message of a shift."""
        shift, known = row.shift, row.known
        theirs = figures_of(shift.reported) if shift.reported is not None else None
        return cls(
            terminal_id=shift.terminal_id,
            shift=shift.shift,
            cashier=shift.cashier,
            opened_at=shift.opened_at,
            closed_at=shift.closed_at,
            theirs=ShiftFigures.of(theirs) if theirs is not None else None,
            ours=ShiftFigures.of(known.ours),
            differences=_differences(theirs, known.ours) if theirs is not None else None,
            in_doubt=(shift.reported.in_doubt or ()) if shift.reported is not None else (),
            adjustments=tuple(
                ShiftAdjustment.model_validate(asdict(each) | {"seq": each.entry_seq, "type": each.kind})
                for each in known.adjustments
            ),
            unbooked=tuple(UnbookedApproval.model_validate(asdict(each)) for each in known.unbooked),
        )


class ReportedShifts(Message):
    """A page, the newest first."""

    items: tuple[ReportedShift, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The route, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/merchant/shifts", tags=["merchant"])
    reads = Depends(merchant_gate(context, Permission.OWN_READ))

    @routes.get("", responses=problems(Code.NOT_FOUND))
    def shifts(
        session: Annotated[MerchantSession, reads],
        terminal_id: Uuid7Text | None = None,
        store_id: Uuid7Text | None = None,
        day: Annotated[_Day, Query(alias="date")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_SHIFTS)] = DEFAULT_SHIFTS,
        cursor: Cursor = None,
    ) -> ReportedShifts:
        """Shifts of a store, a terminal, or all, that began in the business day of that date; a manager sees those of
        one store."""
        before = None if cursor is None else read_place(cursor)

        def page(c: Connection) -> ReportedShifts:
            wanted = _wanted(c, session, terminal_id, store_id, day)
            rows = reconcile_shifts(c, wanted, before=before, limit=limit + 1)
            shown, has_more = rows[:limit], len(rows) > limit
            return ReportedShifts(
                items=tuple(ReportedShift.of(row) for row in shown),
                next_cursor=_place(shown[-1].shift) if has_more else None,
            )

        return context.database.read(page)

    return routes


def _wanted(
    connection: Connection,
    session: MerchantSession,
    terminal_id: str | None,
    store_id: str | None,
    day: str | None,
) -> ShiftFilter:
    if store_id is not None:
        store_of_session(connection, session, store_id)
    if terminal_id is not None:
        terminal_of_session(connection, session, terminal_id)
    begin, end = _bounds(connection, session, store_id, day) if day is not None else (None, None)
    return ShiftFilter(
        merchant_id=session.merchant_id,
        store_id=store_id or session.store_id,
        terminal_id=terminal_id,
        begin=begin,
        end=end,
    )


def _bounds(
    connection: Connection, session: MerchantSession, store_id: str | None, day: str
) -> tuple[datetime | None, datetime | None]:
    """The business day of the store that is asked for; else of the first that may be seen."""
    stores = own_stores(connection, session.merchant_id, store_id or session.store_id)
    try:
        wanted = date.fromisoformat(day)
        return business_day(wanted, stores[0].time_zone, stores[0].day_starts_at) if stores else (None, None)
    except (ValueError, OverflowError) as error:
        raise no_date() from error


def _place(shift: ShiftRow) -> str:
    began = shift.opened_at or shift.closed_at
    assert began is not None, "a shift was opened or closed"
    return write_place(began, shift.terminal_id)


def _differences(theirs: Figures, ours: Figures) -> ShiftFigures:
    mine, others = asdict(ours), asdict(theirs)
    return ShiftFigures(**{name: others[name] - mine[name] for name in mine}, net=theirs.net - ours.net)
