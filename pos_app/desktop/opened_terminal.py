"""The window's port to the terminal, over the use cases: what it asks is what they answer, in the screens' own types."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pos_app.desktop.terminal import Identity, Paper
from pos_app.features.charging.outcomes import ChargingDesk
from pos_app.features.history.flow import HistoryRow
from pos_app.features.history.past_charges import NothingToPrint, PastCharges, heading_of
from pos_app.features.inbox import pending_matters
from pos_app.features.inbox.flow import InboxRow, Meaning
from pos_app.features.inbox.pending_matters import Matter, PendingMatters
from pos_app.features.shift.flow import OpenShift, ShiftFigures
from pos_app.features.shift.shift_desk import ShiftDesk, ShiftRefusal, ShiftView
from pos_app.features.sign_in.check_pin import PinAccepted, PinCheck
from pos_app.features.sign_in.flow import Person, PinAnswer
from pos_app.hub_copy import HubCopy
from pos_app.journal.charges import Charge
from pos_app.journal.shifts import Shift
from pos_app.journal.states import ChargeState
from pos_app.receipts.content import ShiftReport, ShiftReportKind
from pos_app.syncing.line import LineStatus
from pos_app.syncing.status_board import StatusBoard

HISTORY_LIMIT: Final = 2_000
_PAGE: Final = 500
_STATES: Final = {
    ChargeState.DURABLE: "in_doubt",
    ChargeState.IN_DOUBT: "in_doubt",
    ChargeState.COMPLETED: "completed",
    ChargeState.ADVISED: "advised",
    ChargeState.SETTLED: "settled",
    ChargeState.DECLINED: "declined",
    ChargeState.REJECTED: "rejected",
    ChargeState.REVERSED: "reversed",
}
_HAS_PAPER: Final = frozenset(
    {
        ChargeState.COMPLETED,
        ChargeState.ADVISED,
        ChargeState.SETTLED,
        ChargeState.REJECTED,
        ChargeState.REVERSED,
    }
)
_MEANINGS: Final = {
    Matter.IN_DOUBT: Meaning.IN_DOUBT,
    Matter.REJECTED: Meaning.REJECTED,
    Matter.WAITING_FOR_A_PERSON: Meaning.OVERDUE,
}


class ShiftWasNotThere(Exception):
    """The shift that was to be closed or looked at is not open; nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The use cases of an opened terminal. `start` begins to send; `close` ends everything."""

    desk: ChargingDesk
    hub_copy: HubCopy
    shift: ShiftDesk
    pins: PinCheck
    history: PastCharges
    inbox: PendingMatters
    board: StatusBoard
    now: Callable[[], datetime]
    start: Callable[[], None]
    close: Callable[[], None]


class OpenedTerminal:
    """Implements `desktop.terminal.Terminal`. What must answer at once comes from memory."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._shift = parts.shift.current()
        parts.start()

    @property
    def desk(self) -> ChargingDesk:
        """The charge's use cases."""
        return self._parts.desk

    def identity(self) -> Identity:
        """From the hub's facts as last told."""
        facts = self._parts.hub_copy.facts
        return Identity(
            store_name=f"{facts.merchant.name} {facts.store.name}",
            terminal_no=facts.terminal_no,
            zone=heading_of(facts, "").time_zone,
            exponent=facts.policy.exponent,
            response_timeout_ms=facts.policy.response_timeout_ms,
            paper_mm=facts.policy.receipt.width_mm,
        )

    def line_status(self) -> LineStatus:
        """As last computed."""
        return self._parts.board.latest

    def staff(self) -> tuple[Person, ...]:
        """The active people."""
        return tuple(
            Person(one.id, one.name, one.role == "store_manager") for one in self._parts.pins.staff()
        )

    def current_shift(self) -> OpenShift | None:
        """The open shift."""
        return None if self._shift is None else _open_shift(self._shift)

    def on_change(self, listener: Callable[[], None]) -> None:
        """The board hears of the line, the feed and the journal alike."""
        self._parts.board.subscribe(lambda _status: listener())

    def check_pin(self, staff_id: str, pin: str) -> PinAnswer:
        """Blocks as long as bcrypt does."""
        answer = self._parts.pins.check(staff_id, pin)
        return PinAnswer(True) if isinstance(answer, PinAccepted) else PinAnswer(False, answer.wait_s)

    def shift_figures(self) -> ShiftFigures:
        """The books as they are."""
        view = self._parts.shift.look()
        in_doubt = sum(row.matter is Matter.IN_DOUBT for row in self._parts.inbox.rows())
        waiting = self._parts.board.latest.waiting
        if isinstance(view, ShiftRefusal):
            return ShiftFigures(shift=None, totals=None, waiting=waiting, in_doubt=in_doubt)
        shift = _open_shift(view.shift)
        return ShiftFigures(shift=shift, totals=view.totals, waiting=waiting, in_doubt=in_doubt)

    def open_shift(self, cashier: str) -> OpenShift:
        """Begin one; the one that is open already if there is."""
        opened = self._parts.shift.open(cashier)
        shift = self._parts.shift.current() if isinstance(opened, ShiftRefusal) else opened
        if shift is None:
            raise ShiftWasNotThere
        self._shift = shift
        return _open_shift(shift)

    def x_report(self, cashier: str) -> ShiftReport:
        """X of the open shift.

        Raises:
            ShiftWasNotThere: none is open.
        """
        return self._report(self._parts.shift.look(), ShiftReportKind.X, cashier)

    def close_shift(self, cashier: str) -> ShiftReport:
        """Z.

        Raises:
            ShiftWasNotThere: none is open.
        """
        report = self._report(self._parts.shift.close(cashier), ShiftReportKind.Z, cashier)
        self._shift = None
        return report

    def _report(self, view: ShiftView | ShiftRefusal, kind: ShiftReportKind, cashier: str) -> ShiftReport:
        if isinstance(view, ShiftRefusal):
            raise ShiftWasNotThere
        return ShiftReport(
            heading=heading_of(self._parts.hub_copy.facts, cashier),
            kind=kind,
            shift_no=view.shift.shift,
            since=view.shift.opened_at,
            until=view.until,
            totals=view.totals,
        )

    def history(self) -> tuple[HistoryRow, ...]:
        """The newest charges, as many as anybody looks through."""
        found: list[Charge] = []
        before: int | None = None
        while len(found) < HISTORY_LIMIT:
            page = self._parts.history.recent(before, _PAGE)
            found += page
            if len(page) < _PAGE:
                break
            before = page[-1].seq
        number = self._parts.hub_copy.facts.terminal_no
        return tuple(_history_row(charge, number) for charge in found)

    def inbox(self) -> tuple[InboxRow, ...]:
        """What waits for a person."""
        return tuple(_inbox_row(row, self._parts.now()) for row in self._parts.inbox.rows())

    def next_paper(self, entry_id: str) -> Paper | None:
        """The first paper or a copy, counted."""
        paper = self._parts.history.next_paper(entry_id)
        return None if isinstance(paper, NothingToPrint) else paper

    def close(self) -> None:
        """Stop sending, close the journal."""
        self._parts.close()


def _open_shift(shift: Shift) -> OpenShift:
    return OpenShift(shift.shift, shift.shift, shift.cashier, shift.opened_at)


def _history_row(charge: Charge, terminal_no: str) -> HistoryRow:
    told = charge.transaction
    return HistoryRow(
        entry_id=charge.id,
        at=charge.at,
        number=told.tx_no if told is not None else f"{terminal_no}-{charge.seq}",
        last4=f"{charge.claims.last4:04d}",
        payable=charge.payable,
        state="training" if charge.training else _STATES[charge.state],
        can_reprint=charge.state in _HAS_PAPER,
    )


def _inbox_row(row: pending_matters.InboxRow, now: datetime) -> InboxRow:
    charge, entry = row.charge, row.entry
    at = charge.at if charge is not None else entry.at if entry is not None else now
    return InboxRow(
        entry_id=charge.id if charge is not None else f"entry-{entry.seq}" if entry is not None else "",
        at=at.astimezone(UTC),
        amount=0 if charge is None else charge.payable,
        last4="" if charge is None else f"{charge.claims.last4:04d}",
        meaning=_MEANINGS[row.matter],
        reason=None if entry is None else entry.code,
    )
