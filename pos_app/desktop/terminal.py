"""What the window needs of the terminal behind it: one port, which bootstrap fills with the use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Protocol

from pos_app.features.charging.outcomes import ChargingDesk
from pos_app.features.enrolment.flow import EnrolCommand
from pos_app.features.history.flow import HistoryRow
from pos_app.features.inbox.flow import InboxRow
from pos_app.features.shift.flow import OpenShift, ShiftFigures
from pos_app.features.sign_in.flow import Person, PinAnswer
from pos_app.features.start_up.presenter import RescueWork
from pos_app.receipts.content import ChargeReceipt, MatterSlip, ShiftReport
from pos_app.syncing.line import LineStatus
from shared.problems import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose terminal this is, and the policy's figures that the screen needs. `paper_mm` is 58 or 80."""

    store_name: str
    terminal_no: str
    zone: tzinfo
    exponent: int
    response_timeout_ms: int
    paper_mm: int


class Terminal(Protocol):
    """An opened terminal. `identity`, `line_status`, `now`, `staff` and `current_shift` answer at once from memory; the rest may
    block and is called in the background. None raises for a decline or a line that is down."""

    @property
    def desk(self) -> ChargingDesk:
        """The charge's use cases."""
        ...

    def identity(self) -> Identity: ...

    def line_status(self) -> LineStatus: ...

    def now(self) -> datetime:
        """The estimate of hub time."""
        ...

    def staff(self) -> tuple[Person, ...]:
        """Who may stand here now, active ones only."""
        ...

    def current_shift(self) -> OpenShift | None: ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Tell the listener, from any thread, when line, staff, policy or journal changed."""
        ...

    def check_pin(self, staff_id: str, pin: str) -> PinAnswer: ...

    def check_manager(self, staff_id: str, pin: str) -> PinAnswer:
        """The same, and right only for somebody who is a manager."""
        ...

    def shift_figures(self) -> ShiftFigures: ...

    def open_shift(self, cashier: str) -> OpenShift: ...

    def x_report(self, cashier: str) -> ShiftReport: ...

    def close_shift(self, cashier: str) -> ShiftReport:
        """Write `shift_close`; the Z report."""
        ...

    def history(self) -> tuple[HistoryRow, ...]:
        """Charges, newest first."""
        ...

    def inbox(self) -> tuple[InboxRow, ...]:
        """What waits or was rejected."""
        ...

    def note_matter(self, row: InboxRow, staff_id: str) -> bool:
        """A manager has seen to a row, which leaves the list; False if it was noted before."""
        ...

    def slip_of(self, row: InboxRow, meaning: str) -> MatterSlip:
        """A row on paper; `meaning` is the screen's sentence, in the paper's language."""
        ...

    def receipt_of(self, entry_id: str) -> ChargeReceipt | None:
        """The receipt of an approved charge as first printed; None where there is none."""
        ...

    def next_copy(self, entry_id: str) -> int:
        """Count one more paper of a charge, durably: 1 is the original, 2 is COPY 2."""
        ...

    def close(self) -> None:
        """Stop sending, close the journal."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """How the window comes by its terminal. Both block. `open_terminal` gives None where this machine is not enrolled yet
    and raises `CannotOpen`; `enrol` gives the opened terminal, the hub's refusal, or None with no line; `rescue` are the ways
    out of a journal that does not open."""

    open_terminal: Callable[[], Terminal | None]
    enrol: Callable[[EnrolCommand], Terminal | Refusal | None]
    rescue: RescueWork
