"""The terminal as the window knows it: `desktop.terminal.Terminal` on the use cases."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos_app.bootstrap.terminal import Terminal
from pos_app.desktop.terminal import Identity
from pos_app.features.charging.desk import Desk
from pos_app.features.charging.outcome_of import offline_no
from pos_app.features.history.flow import HistoryRow
from pos_app.features.history.past_charges import heading_of
from pos_app.features.inbox.flow import InboxRow
from pos_app.features.inbox.pending_matters import Matter
from pos_app.features.shift.flow import OpenShift, ShiftFigures
from pos_app.features.shift.shift_desk import ShiftRefusal, ShiftView
from pos_app.features.sign_in.check_pin import PinAccepted
from pos_app.features.sign_in.flow import Person, PinAnswer
from pos_app.journal.charges import Charge
from pos_app.journal.shifts import Shift
from pos_app.journal.states import ChargeState
from pos_app.receipts.content import ChargeReceipt, MatterSlip, ShiftReport, ShiftReportKind
from pos_app.syncing.line import LineStatus

HISTORY_SHOWN: Final = 500
_STATES: Final = {
    ChargeState.DURABLE: "in_doubt",
    ChargeState.IN_DOUBT: "in_doubt",
    ChargeState.COMPLETED: "completed",
    ChargeState.DECLINED: "declined",
    ChargeState.ADVISED: "advised",
    ChargeState.SETTLED: "settled",
    ChargeState.REJECTED: "rejected",
    ChargeState.REVERSED: "reversed",
}


class CounterTerminal:
    """Holds the newest line status and shift in memory, so that the window's thread never waits for them."""

    def __init__(self, terminal: Terminal) -> None:
        """Subscribes, then starts the terminal's threads."""
        self._terminal = terminal
        self._listeners: list[Callable[[], None]] = []
        self._shift = terminal.shift.current()
        terminal.on_line_status(self._changed)
        terminal.start()

    @property
    def desk(self) -> Desk:
        """The charge's use cases."""
        return self._terminal.desk

    def identity(self) -> Identity:
        """From what the hub told."""
        facts = self._terminal.hub_copy.facts
        return Identity(
            store_name=facts.shop_name,
            terminal_no=facts.terminal_no,
            zone=_zone(facts.store.time_zone),
            exponent=facts.policy.exponent,
            response_timeout_ms=facts.policy.response_timeout_ms,
            paper_mm=facts.policy.receipt.width_mm,
        )

    def line_status(self) -> LineStatus:
        """The newest."""
        return self._terminal.board.latest

    def now(self) -> datetime:
        """The estimate of hub time."""
        return self._terminal.clock.now()

    def staff(self) -> tuple[Person, ...]:
        """Active people, as the hub last told."""
        return tuple(
            Person(person.id, person.name, person.role == "store_manager")
            for person in self._terminal.pins.staff()
        )

    def current_shift(self) -> OpenShift | None:
        """The open one."""
        return _open_shift(self._shift) if self._shift else None

    def on_change(self, listener: Callable[[], None]) -> None:
        """Tell the listener of each change, from any thread."""
        self._listeners.append(listener)

    def check_pin(self, staff_id: str, pin: str) -> PinAnswer:
        """Right, wrong, or wait."""
        answer = self._terminal.pins.check(staff_id, pin)
        return PinAnswer(True) if isinstance(answer, PinAccepted) else PinAnswer(False, answer.wait_s)

    def check_manager(self, staff_id: str, pin: str) -> PinAnswer:
        """Right, wrong, or wait; the right PIN of a cashier is wrong here."""
        answer = self._terminal.pins.check(staff_id, pin, "store_manager")
        return PinAnswer(True) if isinstance(answer, PinAccepted) else PinAnswer(False, answer.wait_s)

    def shift_figures(self) -> ShiftFigures:
        """The shift's sums now, and what waits."""
        view = self._terminal.shift.look()
        looking = view if isinstance(view, ShiftView) else None
        return ShiftFigures(
            shift=_open_shift(looking.shift) if looking else None,
            totals=looking.totals if looking else None,
            waiting=self._terminal.board.latest.waiting,
            in_doubt=sum(1 for row in self._terminal.inbox.rows() if row.matter is Matter.IN_DOUBT),
        )

    def open_shift(self, cashier: str) -> OpenShift:
        """Begin one; if one is open already, that one."""
        opened = self._terminal.shift.open(cashier)
        shift = self._terminal.shift.current() if isinstance(opened, ShiftRefusal) else opened
        if shift is None:
            raise LookupError("a shift was closed while another was opened")
        self._shift = shift
        self._tell()
        return _open_shift(shift)

    def x_report(self, cashier: str) -> ShiftReport:
        """The open shift's sums on paper."""
        return self._report(self._terminal.shift.look(), ShiftReportKind.X, cashier)

    def close_shift(self, cashier: str) -> ShiftReport:
        """Write `shift_close`; the Z report."""
        view = self._terminal.shift.close(cashier)
        self._shift = None
        self._tell()
        return self._report(view, ShiftReportKind.Z, cashier)

    def history(self) -> tuple[HistoryRow, ...]:
        """Charges, newest first."""
        number = self._terminal.hub_copy.facts.terminal_no
        return tuple(_history_row(one, number) for one in self._terminal.history.recent(limit=HISTORY_SHOWN))

    def inbox(self) -> tuple[InboxRow, ...]:
        """What waits, was put off or was refused."""
        return self._terminal.inbox.screen_rows()

    def note_matter(self, row: InboxRow, staff_id: str) -> bool:
        """It leaves the list."""
        if row.status is None:
            raise LookupError("a charge in doubt is given up or waited for, never noted")
        return self._terminal.inbox.note(row.seq, row.status, staff_id)

    def slip_of(self, row: InboxRow, meaning: str) -> MatterSlip:
        """A row on paper."""
        return self._terminal.history.matter_slip(row.entry_id, row.seq, row.at, meaning)

    def receipt_of(self, entry_id: str) -> ChargeReceipt | None:
        """The receipt of an approved charge."""
        return self._terminal.history.receipt(entry_id)

    def next_copy(self, entry_id: str) -> int:
        """Count one more paper, durably: 1 is the original."""
        return self._terminal.history.next_copy(entry_id)

    def close(self) -> None:
        """Stop everything."""
        self._terminal.close()

    def _changed(self, status: LineStatus) -> None:
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _report(self, view: ShiftView | ShiftRefusal, kind: ShiftReportKind, cashier: str) -> ShiftReport:
        if isinstance(view, ShiftRefusal):
            raise LookupError(f"no report: {view.value}")
        return ShiftReport(
            heading=heading_of(self._terminal.hub_copy.facts, cashier),
            kind=kind,
            shift_no=view.shift.shift,
            since=view.shift.opened_at,
            until=view.until,
            totals=view.totals,
        )


def _open_shift(shift: Shift) -> OpenShift:
    return OpenShift(shift.shift, shift.shift, shift.cashier, shift.opened_at)


def _history_row(charge: Charge, terminal_no: str) -> HistoryRow:
    told = charge.transaction
    return HistoryRow(
        entry_id=charge.id,
        at=charge.at,
        number=told.tx_no if told and told.tx_no else offline_no(terminal_no, charge),
        last4=f"{charge.claims.last4:04d}",
        payable=charge.payable,
        state="training" if charge.training else _STATES[charge.state],
        can_reprint=charge.state.is_standing or charge.state is ChargeState.REJECTED,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")  # the screen in UTC is better than none
