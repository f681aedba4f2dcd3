"""Opening, looking at and closing a shift (protocol.md 4; design.md 4, X and Z)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pos_app.journal import charges, shifts
from pos_app.journal.charges import Charge
from pos_app.journal.shifts import Shift
from pos_app.journal.states import ChargeState
from pos_app.receipts.content import ShiftTotals, Tally
from pos_app.storage import Database, Transaction
from pos_app.syncing.charge_book import ChargeBook
from shared.journal_entries import ShiftCloseData, ShiftOpenData

NO_SHIFT = "0000"
"""What a charge made without an open shift (on the command line) is booked under."""


class ShiftRefusal(Enum):
    """Why a shift was not opened or closed."""

    ALREADY_OPEN = "already_open"
    NONE_OPEN = "none_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftView:
    """A shift with its sums so far, or as closed; `until` is when it was looked at or closed."""

    shift: Shift
    totals: ShiftTotals
    until: datetime


class ShiftDesk:
    """Blocks for a commit; call it off the window's thread."""

    def __init__(self, database: Database, book: ChargeBook, on_entry: Callable[[], None]) -> None:
        """`on_entry` hears that there is something to send."""
        self._database = database
        self._book = book
        self._on_entry = on_entry

    def current(self) -> Shift | None:
        """The open shift."""
        return self._database.read(shifts.current).result()

    def open(self, cashier: str) -> Shift | ShiftRefusal:
        """Begin a shift; `cashier` is a staff id."""

        def begin(tx: Transaction) -> Shift | ShiftRefusal:
            if shifts.current(tx) is not None:
                return ShiftRefusal.ALREADY_OPEN
            stamp = self._book.stamp(tx)
            shift = Shift(shift=shifts.next_number(tx), cashier=cashier, opened_at=stamp.at)
            data = ShiftOpenData(cashier=cashier, shift=shift.shift)
            self._book.journal.append(tx, stamp, self._book.new_id(), data)
            shifts.insert(tx, shift)
            return shift

        opened = self._database.write(begin).result()
        self._on_entry()
        return opened

    def look(self) -> ShiftView | ShiftRefusal:
        """X: the open shift's sums now."""

        def read(tx: Transaction) -> ShiftView | ShiftRefusal:
            shift = shifts.current(tx)
            if shift is None:
                return ShiftRefusal.NONE_OPEN
            return ShiftView(shift=shift, totals=totals_of(tx, shift.shift), until=self._book.clock.now())

        return self._database.read(read).result()

    def close(self, cashier: str) -> ShiftView | ShiftRefusal:
        """Z: the shift's sums become an entry; it never changes again."""

        def end(tx: Transaction) -> ShiftView | ShiftRefusal:
            shift = shifts.current(tx)
            if shift is None:
                return ShiftRefusal.NONE_OPEN
            stamp, totals = self._book.stamp(tx), totals_of(tx, shift.shift)
            open_ids = [charge.id for charge in charges.of_shift(tx, shift.shift) if charge.state.is_open]
            data = ShiftCloseData(
                cashier=cashier,
                shift=shift.shift,
                charges=totals.charged.count,
                charged=totals.charged.amount,
                reversals=totals.reversed.count,
                reversed=totals.reversed.amount,
                refunds=totals.refunded.count,
                refunded=totals.refunded.amount,
                in_doubt=tuple(open_ids) or None,
            )
            self._book.journal.append(tx, stamp, self._book.new_id(), data)
            shifts.close(tx, shift.shift, stamp.at)
            closed = Shift(
                shift=shift.shift, cashier=shift.cashier, opened_at=shift.opened_at, closed_at=stamp.at
            )
            return ShiftView(shift=closed, totals=totals, until=stamp.at)

        view = self._database.write(end).result()
        self._on_entry()
        return view


def totals_of(tx: Transaction, shift: str) -> ShiftTotals:
    """Counts and payable sums of what this terminal ever approved in the shift (protocol.md 4).

    A charge given up unapproved counts in neither charged nor reversed; one that the hub rejected after it was
    approved here stays in what was approved.
    """
    approved = [charge for charge in charges.of_shift(tx, shift) if charge.approved_at is not None]
    in_doubt = [charge for charge in charges.of_shift(tx, shift) if charge.state.is_open]
    confirmed = [charge for charge in approved if charge.transaction is not None]
    nothing = Tally(count=0, amount=0)
    return ShiftTotals(
        confirmed=_tally(confirmed),
        pending=_tally([charge for charge in approved if charge.transaction is None]),
        reversed=_tally([charge for charge in approved if charge.state is ChargeState.REVERSED]),
        refunded=nothing,
        refund_requested=nothing,
        in_doubt=_tally(in_doubt),
    )


def _tally(some: list[Charge]) -> Tally:
    return Tally(count=len(some), amount=sum(charge.payable for charge in some))
