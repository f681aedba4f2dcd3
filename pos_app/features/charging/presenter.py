"""Between the charge's flow and the world: the desk in the background, time, and what the view shows. No widgets."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as words
from pos_app.background.qt import QtBackground
from pos_app.features.charging import sale
from pos_app.features.charging.flow import ChargeFlow
from pos_app.features.charging.outcomes import (
    ChargeRequest,
    ChargingDesk,
    CodeSeen,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.features.charging.phrases import last_of
from pos_app.features.charging.sale import Commands, Manager
from pos_app.features.charging.scenes import screen_of
from pos_app.features.charging.screen import ChoiceId, Screen, State
from pos_app.storage import StorageDamaged, StorageError, StorageUnknown
from shared.clock import Clock

_TICK_MS = 50
_IDLE_TICK_MS = 250


@dataclass(frozen=True, slots=True)
class AtTheCounter:
    """Who charges, in which shift."""

    cashier: str
    shift: str


class ReceiptPrinting(Protocol):
    """Prints the receipt of an approval; returns at once."""

    def print_approval(self, outcome: Paid | PaidOffline) -> None:
        """Queue it; what becomes of the paper is told to `ChargePresenter.receipt_said`."""
        ...


CheckPin = Callable[[str, str], Phrase | None]
"""Staff id and PIN to None if it is right, else what to say; slow, so never on the window's thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the policy says about amounts and waiting."""

    exponent: int
    response_timeout_ms: int


class ChargePresenter(QObject):
    """Owns the flow. Every method is called on the window's thread."""

    screen_changed = Signal(object)
    last_changed = Signal(object)
    money_moved = Signal()

    def __init__(
        self,
        desk: ChargingDesk,
        background: QtBackground,
        clock: Clock,
        printing: ReceiptPrinting,
        check_pin: CheckPin,
        figures: Figures,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._background = background
        self._clock = clock
        self._printing = printing
        self._check_pin = check_pin
        self._figures = figures
        self._flow = ChargeFlow(figures.exponent)
        self._counter: AtTheCounter | None = None
        self._receipt: Phrase | None = None
        self._text_hash = b""
        self._shown: Screen | None = None
        self._last: Phrase | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_IDLE_TICK_MS)
        desk.on_late_outcome(lambda outcome: background.post(lambda: self._late(outcome)))

    @property
    def screen(self) -> Screen:
        """What is shown now."""
        return screen_of(
            self._flow,
            self._now(),
            exponent=self._figures.exponent,
            timeout_ms=self._figures.response_timeout_ms,
            receipt=self._receipt,
        )

    @property
    def is_busy(self) -> bool:
        """Whether money is under way."""
        return self._flow.is_busy

    @property
    def accepts_codes(self) -> bool:
        """Whether a code may be read now."""
        return self._counter is not None and self._flow.accepts_codes

    def set_counter(self, counter: AtTheCounter | None) -> None:
        """Who stands here now; None while locked."""
        self._counter = counter

    def set_managers(self, managers: Sequence[Manager]) -> None:
        """Whose PINs approve."""
        self._flow.set_managers(managers)

    def show(self) -> None:
        """Tell the view, even if nothing changed."""
        self._shown = None
        self._show()

    def press(self, key: str) -> None:
        """A key of the keypad, or its like on the keyboard."""
        now = self._now()
        match key:
            case "back":
                commands = self._flow.backspace(now)
            case "clear":
                commands = self._flow.clear(now)
            case _:
                commands = self._flow.key(key, now)
        self._do(commands)

    def act(self) -> None:
        """The action button: what it says is what it does."""
        if self._flow.sale.state is State.WAITING:
            self.cancel()
        else:
            self.confirm()

    def confirm(self) -> None:
        """Enter."""
        if self._counter is not None:
            self._do(self._flow.confirm(self._now()))

    def cancel(self) -> None:
        """Esc."""
        self._do(self._flow.cancel(self._now()))

    def approve_offline(self) -> None:
        """F5."""
        self._do(self._flow.approve_offline(self._now()))

    def choose(self, choice: ChoiceId) -> None:
        """A button of the doubt panel."""
        match choice:
            case ChoiceId.APPROVE_OFFLINE:
                self.approve_offline()
            case ChoiceId.GIVE_UP | ChoiceId.LEAVE_PIN:
                self.cancel()
            case ChoiceId.OTHER_MANAGER:
                self.choose_manager(1)
            case ChoiceId.SURE:
                self.confirm()
            case ChoiceId.KEEP_WAITING:
                self._do(self._flow.keep_waiting(self._now()))

    def choose_manager(self, step: int) -> None:
        """↑ or ↓."""
        self._do(self._flow.choose_manager(step))

    def code_text(self, text: str) -> None:
        """A code was scanned, seen, typed or pasted. The text is a secret: only its hash is kept."""
        if not self.accepts_codes:
            return
        text_hash = hashlib.sha256(text.encode()).digest()
        if self._flow.sale.code is not None and text_hash == self._text_hash:
            return
        read = self._desk.read_code(text)
        now = self._now()
        if isinstance(read, CodeSeen):
            self._text_hash = text_hash
            self._do(self._flow.code_read(read, now))
        else:
            self._do(self._flow.code_refused(read, now))

    def scan_spoilt(self, remark: Phrase) -> None:
        """A scanner typed what nobody can read."""
        self._do(self._flow.scan_spoilt(remark, self._now()))

    def digits_scanned(self, count: int) -> None:
        """The last digits were a barcode's: the amount goes back to what it was."""
        self._do(self._flow.digits_scanned(count, self._now()))

    def receipt_said(self, phrase: Phrase | None) -> None:
        """What became of the last receipt's paper."""
        self._receipt = phrase
        self._show()

    def _late(self, outcome: Outcome) -> None:
        self._do(self._flow.late_outcome(outcome, self._now()))
        self.money_moved.emit()

    def _do(self, commands: Commands) -> None:
        for command in commands:
            match command:
                case sale.StartCharge():
                    self._start_charge(command)
                case sale.ApproveOffline(entry_id, approver):
                    self._run("approve offline", lambda: self._desk.approve_offline(entry_id, approver))
                case sale.GiveUp(entry_id):
                    self._run("give up", lambda: self._desk.give_up(entry_id))
                case sale.ForgetCode():
                    self._desk.forget_code()
                case sale.CheckManager():
                    self._check_manager(command)
                case sale.PrintReceipt(outcome):
                    self._receipt = words.RECEIPT_PRINTING()
                    self._printing.print_approval(outcome)
        self._show()

    def _start_charge(self, command: sale.StartCharge) -> None:
        counter = self._counter
        if counter is None:
            raise RuntimeError("a charge needs a cashier at the counter")
        request = ChargeRequest(
            amount=command.amount,
            code_ref=command.code_ref,
            cashier=counter.cashier,
            shift=counter.shift,
            approver=command.approver,
        )
        self._background.run(
            "charge", lambda: self._desk.charge(request), self._answered, self._charge_failed
        )

    def _run(self, name: str, job: Callable[[], Outcome]) -> None:
        self._background.run(name, job, self._answered, self._failed)

    def _answered(self, outcome: Outcome) -> None:
        self._do(self._flow.outcome(outcome, self._now()))
        self.money_moved.emit()

    def _failed(self, error: Exception) -> None:
        self._do(self._flow.work_failed(self._now()))

    def _charge_failed(self, error: Exception) -> None:
        """The desk raises a storage's fault only where nothing was written yet; of an unknown one nobody knows."""
        if isinstance(error, StorageError) and not isinstance(error, StorageUnknown):
            self._do(self._flow.not_written(isinstance(error, StorageDamaged), self._now()))
        else:
            self._failed(error)

    def _check_manager(self, command: sale.CheckManager) -> None:
        staff_id = command.staff_id

        def checked(remark: Phrase | None) -> None:
            right = staff_id if remark is None else None
            self._do(self._flow.manager_checked(right, remark, self._now()))

        self._background.run(
            "check manager", lambda: self._check_pin(staff_id, command.pin), checked, self._failed
        )

    def _tick(self) -> None:
        self._do(self._flow.tick(self._now()))

    def _show(self) -> None:
        screen = self.screen
        self._timer.setInterval(_TICK_MS if screen.progress is not None else _IDLE_TICK_MS)
        if screen != self._shown:
            self._shown = screen
            self.screen_changed.emit(screen)
        self._show_last()

    def _show_last(self) -> None:
        last = None if self._flow.last is None else last_of(self._flow.last, self._figures.exponent)
        if last != self._last:
            self._last = last
            self.last_changed.emit(last)

    def _now(self) -> int:
        return self._clock.monotonic_ms()
