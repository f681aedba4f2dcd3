"""The charge at the counter as a state machine without Qt: keys, codes and outcomes in; a screen and commands out.

Rule 2 of design.md stands in `_OUTCOME_STATES`: which outcome may be called paid, and which not paid. All times are
milliseconds of one monotonic clock, brought by the caller.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as words
from pos_app.features.charging.amount_entry import KEYS, AmountEntry
from pos_app.features.charging.outcomes import (
    CodeSeen,
    GivenUp,
    InDoubt,
    ManagerNeeded,
    NotPaid,
    NotWritten,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.features.charging.phrases import refusal_sentence
from pos_app.features.charging.sale import (
    ApproveOffline,
    CheckManager,
    Commands,
    ForgetCode,
    GiveUp,
    Manager,
    PrintReceipt,
    Sale,
    Stage,
    StartCharge,
)
from pos_app.features.charging.screen import Notice, State, Tone
from shared.money import MAX_AMOUNT, format_amount
from shared.problems import Refusal

CODE_LIFE_MS: Final = 60_000
DEAF_TO_ENTER_MS: Final = 600
NOTICE_MS: Final = 8_000
MIN_PIN, MAX_PIN = 4, 12
_DIGITS_TAKEN_BACK: Final = 128
"""A barcode of digits is shorter than that."""


ENTRY_STATES = frozenset({State.IDLE, State.AMOUNT_ENTERED, State.CODE_SEEN, State.CONFIRMING})
ENDED_STATES = frozenset({State.APPROVED, State.APPROVED_OFFLINE, State.DECLINED, State.GIVEN_UP})
_SETTLED = ENDED_STATES | {State.IN_DOUBT}
_NEXT: dict[State, frozenset[State]] = {
    State.IDLE: ENTRY_STATES,
    State.AMOUNT_ENTERED: ENTRY_STATES,
    State.CODE_SEEN: ENTRY_STATES,
    State.CONFIRMING: ENTRY_STATES | {State.WAITING},
    State.WAITING: _SETTLED | {State.CANCELLING, State.MANAGER_NEEDED},
    State.CANCELLING: _SETTLED | {State.CONFIRMING},
    State.MANAGER_NEEDED: frozenset({State.WAITING, State.CONFIRMING}),
    State.IN_DOUBT: ENDED_STATES | {State.IN_DOUBT, State.IDLE},
    State.APPROVED: ENTRY_STATES,
    State.APPROVED_OFFLINE: ENTRY_STATES,
    State.DECLINED: ENTRY_STATES,
    State.GIVEN_UP: ENTRY_STATES,
}
_OUTCOME_STATES: dict[type[Outcome], State] = {
    Paid: State.APPROVED,
    PaidOffline: State.APPROVED_OFFLINE,
    NotPaid: State.DECLINED,
    GivenUp: State.GIVEN_UP,
    InDoubt: State.IN_DOUBT,
    ManagerNeeded: State.MANAGER_NEEDED,
}


class ChargeFlow:
    """One counter's charge. Each event returns what must be done about it; `sale` is what the screen is made of."""

    def __init__(self, exponent: int = 2) -> None:
        self._exponent = exponent
        self.sale = Sale(entry=AmountEntry("", exponent))
        self.managers: tuple[Manager, ...] = ()
        self.last: Outcome | NotWritten | None = None
        self._late: dict[str, Outcome] = {}
        self._before_keys: deque[Sale] = deque(maxlen=_DIGITS_TAKEN_BACK)

    def set_managers(self, managers: Sequence[Manager]) -> None:
        """Whose PINs can approve; as last told by the hub."""
        self.managers = tuple(managers)

    @property
    def accepts_codes(self) -> bool:
        """Whether a code may be read now; else it must not even reach the desk."""
        return self.sale.state in ENTRY_STATES | ENDED_STATES

    @property
    def is_busy(self) -> bool:
        """Whether money is under way, so that the screen must not be left by accident."""
        return self.sale.state in {State.WAITING, State.CANCELLING, State.IN_DOUBT}

    def key(self, key: str, now_ms: int) -> Commands:
        """A digit, `00` or `.` by keyboard or keypad."""
        if key not in KEYS:
            return ()
        self._before_keys.append(self.sale)
        if self._pin_is_entered():
            if key.isdecimal() and len(key) == 1 and len(self.sale.pin) < MAX_PIN:
                self._set(pin=self.sale.pin + key, pin_remark=None)
            return ()
        commands: Commands = ()
        if self.sale.state in ENDED_STATES:
            commands = self._begin_anew(now_ms)
        if self.sale.state in ENTRY_STATES:
            self._type(key, now_ms)
        return commands

    def digits_scanned(self, count: int, now_ms: int) -> Commands:
        """The last `count` digits were a scanner's and no person's: what they typed into is as it was before them."""
        if count > len(self._before_keys):
            return ()
        before, sale = self._before_keys[-count], self.sale
        self._before_keys.clear()
        if self._pin_is_entered():
            self._set(pin=before.pin, pin_remark=words.NOT_A_PAYMENT_CODE())
            return ()
        if sale.state not in ENTRY_STATES:
            return ()
        # On a result the first digit began the next sale; a refused charge's amount is tried again, no other.
        goes_on = before.state in ENTRY_STATES | {State.DECLINED}
        self._enter(now_ms, entry=before.entry if goes_on else before.entry.cleared())
        self._note(words.NOT_A_PAYMENT_CODE(), Tone.BAD, now_ms)
        return ()

    def _type(self, key: str, now_ms: int) -> None:
        longer = self.sale.entry.with_key(key)
        if longer is None:
            most = format_amount(MAX_AMOUNT, self._exponent)
            self._note(words.AMOUNT_TOO_LARGE(most=most), Tone.PLAIN, now_ms)
            return
        self._enter(now_ms, entry=longer, notice=None)

    def backspace(self, now_ms: int) -> Commands:
        """⌫."""
        if self._pin_is_entered():
            self._set(pin=self.sale.pin[:-1])
        elif self.sale.state in ENTRY_STATES:
            self._enter(now_ms, entry=self.sale.entry.without_last(), notice=None)
        return ()

    def clear(self, now_ms: int) -> Commands:
        """清除: the amount alone; the code that was read stays."""
        if self._pin_is_entered():
            self._set(pin="")
        elif self.sale.state in ENTRY_STATES:
            self._enter(now_ms, entry=self.sale.entry.cleared(), notice=None)
        return ()

    def code_read(self, code: CodeSeen, now_ms: int) -> Commands:
        """A code of this hub was read and lies with the desk."""
        known = self.sale.code
        if not self.accepts_codes or (known is not None and known.code_ref == code.code_ref):
            return ()
        entry = self.sale.entry
        if self.sale.state in ENDED_STATES:
            # After a refusal another code tries the same amount; after anything else it is the next customer's.
            entry = entry if self.sale.state is State.DECLINED else entry.cleared()
            self.last = self.sale.shown
        self._enter(now_ms, entry=entry, code=code, code_at_ms=now_ms, shown=None, notice=None)
        return ()

    def code_refused(self, refusal: Refusal, now_ms: int) -> Commands:
        """Something was read that is no code to charge: a remark, and nothing else changes."""
        if self.sale.state in ENTRY_STATES:
            self._note(refusal_sentence(refusal), Tone.BAD, now_ms)
        return ()

    def scan_spoilt(self, remark: Phrase, now_ms: int) -> Commands:
        """A scanner typed something that nobody can read."""
        if self.sale.state in ENTRY_STATES:
            self._note(remark, Tone.BAD, now_ms)
        return ()

    def confirm(self, now_ms: int) -> Commands:
        """Enter, or the action button."""
        sale = self.sale
        if sale.state in ENDED_STATES:
            if now_ms - sale.since_ms < DEAF_TO_ENTER_MS:
                return ()
            if isinstance(sale.shown, NotWritten):
                self._enter(now_ms, shown=None)
                return ()
            if sale.state is State.DECLINED:
                self._enter(now_ms, code=None, shown=None)
                return (ForgetCode(),)
            return self._begin_anew(now_ms)
        if self._pin_is_entered():
            return self._check_pin()
        if sale.state is State.CONFIRMING and sale.code is not None:
            self._go(State.WAITING, now_ms, approver=None, notice=None)
            return (StartCharge(sale.entry.minor, sale.code.code_ref),)
        if sale.state is State.IN_DOUBT and sale.stage is Stage.SURE:
            if not isinstance(sale.shown, InDoubt):
                return self._begin_anew(now_ms)
            self._set(stage=Stage.GIVING_UP)
            return (GiveUp(sale.shown.entry.entry_id),)
        return ()

    def cancel(self, now_ms: int) -> Commands:
        """Esc."""
        sale = self.sale
        if sale.state in ENTRY_STATES | ENDED_STATES:
            return self._begin_anew(now_ms)
        if sale.state is State.WAITING:
            self._go(State.CANCELLING, now_ms)
        elif sale.state is State.MANAGER_NEEDED and sale.stage is Stage.PIN:
            self._go(State.CONFIRMING, now_ms, pin="", pin_remark=None, stage=Stage.ASKING, shown=None)
            self._note(words.MANAGER_LEFT(), Tone.PLAIN, now_ms)
        elif sale.state is State.IN_DOUBT and sale.stage is Stage.ASKING:
            self._set(stage=Stage.SURE)
        elif sale.state is State.IN_DOUBT and sale.stage in {Stage.SURE, Stage.PIN}:
            left = words.MANAGER_LEFT_DOUBT() if sale.stage is Stage.PIN else None
            self._set(stage=Stage.ASKING, pin="", pin_remark=left)
        return ()

    def approve_offline(self, now_ms: int) -> Commands:
        """F5, in doubt."""
        doubt = self.sale.shown
        if not isinstance(doubt, InDoubt) or self.sale.stage not in {Stage.ASKING, Stage.SURE}:
            return ()
        if doubt.offline.refusal is not None:
            return ()
        if doubt.offline.needs_manager:
            self._set(stage=Stage.PIN, pin="", pin_remark=None)
            return ()
        self._set(stage=Stage.APPROVING)
        return (ApproveOffline(doubt.entry.entry_id),)

    def keep_waiting(self, now_ms: int) -> Commands:
        """The way back from 放棄."""
        return self.cancel(now_ms) if self.sale.stage is Stage.SURE else ()

    def choose_manager(self, step: int) -> Commands:
        """↑ or ↓ beside a manager's PIN."""
        if self._pin_is_entered() and self.managers:
            self._set(manager=(self.sale.manager + step) % len(self.managers), pin="", pin_remark=None)
        return ()

    def manager_checked(self, staff_id: str | None, remark: Phrase | None, now_ms: int) -> Commands:
        """The PIN was right (`staff_id`), or not (`remark`)."""
        sale = self.sale
        if sale.stage is not Stage.CHECKING_PIN:
            return ()
        if staff_id is None:
            self._set(stage=Stage.PIN, pin="", pin_remark=remark or words.PIN_WRONG())
            return ()
        if isinstance(sale.shown, InDoubt):
            self._set(stage=Stage.APPROVING, pin="", approver=staff_id)
            return (ApproveOffline(sale.shown.entry.entry_id, staff_id),)
        if sale.code is None:
            return self._begin_anew(now_ms)
        self._go(State.WAITING, now_ms, pin="", stage=Stage.ASKING, approver=staff_id, shown=None)
        return (StartCharge(sale.entry.minor, sale.code.code_ref, staff_id),)

    def outcome(self, outcome: Outcome, now_ms: int) -> Commands:
        """What the desk answered to the last command about the charge on the screen."""
        was_cancelled = self.sale.state is State.CANCELLING
        if isinstance(outcome, ManagerNeeded) and was_cancelled:
            self._go(State.CONFIRMING, now_ms)
            return ()
        if isinstance(outcome, InDoubt):
            late = self._late_of(outcome)
            if late is not None:
                return self._settle(late, now_ms)
            self._go(State.IN_DOUBT, now_ms, shown=outcome, stage=Stage.ASKING)
            if was_cancelled:
                self._set(stage=Stage.GIVING_UP)
                return (GiveUp(outcome.entry.entry_id),)
            return ()
        return self._settle(outcome, now_ms)

    def late_outcome(self, outcome: Outcome, now_ms: int) -> Commands:
        """The answer to a charge in doubt came by itself."""
        if not isinstance(outcome, ManagerNeeded) and outcome.entry is not None:
            self._late[outcome.entry.entry_id] = outcome
        doubt = self.sale.shown
        # While the desk writes an advice or a reversal, its own answer is the true one; it comes at once.
        is_waited_for = isinstance(doubt, InDoubt) and self.sale.stage not in {
            Stage.APPROVING,
            Stage.GIVING_UP,
        }
        late = self._late_of(doubt) if is_waited_for and isinstance(doubt, InDoubt) else None
        return () if late is None else self._settle(late, now_ms)

    def work_failed(self, now_ms: int) -> Commands:
        """A command broke with an exception: nobody knows what it did, so nothing is called paid or not paid."""
        if self.sale.state in {State.WAITING, State.CANCELLING}:
            self._go(State.IN_DOUBT, now_ms, shown=None, stage=Stage.ASKING)
        elif self.sale.state is State.IN_DOUBT:
            late = self._late_of(self.sale.shown) if isinstance(self.sale.shown, InDoubt) else None
            if late is not None:
                return self._settle(late, now_ms)
            self._set(stage=Stage.ASKING, pin="", pin_remark=words.WORK_FAILED())
        elif self._pin_is_entered() or self.sale.stage is Stage.CHECKING_PIN:
            self._set(stage=Stage.PIN, pin="", pin_remark=words.WORK_FAILED_BEFORE())
        return ()

    def not_written(self, is_damaged: bool, now_ms: int) -> Commands:
        """The journal took nothing, which is known: not paid, and the code is still in hand."""
        if self.sale.state in {State.WAITING, State.CANCELLING}:
            raw = self.sale.entry.minor
            self._go(State.DECLINED, now_ms, shown=NotWritten(raw_amount=raw, is_damaged=is_damaged))
        return ()

    def tick(self, now_ms: int) -> Commands:
        """Time passes: an unused code is wiped, a remark goes away."""
        sale = self.sale
        if sale.notice is not None and now_ms - sale.notice_at_ms >= NOTICE_MS:
            self._set(notice=None)
        if sale.state in {State.CODE_SEEN, State.CONFIRMING} and now_ms - sale.code_at_ms >= CODE_LIFE_MS:
            self._enter(now_ms, code=None)
            self._note(words.CODE_FORGOTTEN(), Tone.PLAIN, now_ms)
            return (ForgetCode(),)
        return ()

    def _settle(self, outcome: Outcome, now_ms: int) -> Commands:
        to = _OUTCOME_STATES[type(outcome)]
        stage = Stage.PIN if isinstance(outcome, ManagerNeeded) else Stage.ASKING
        self._go(to, now_ms, shown=outcome, stage=stage, pin="", pin_remark=None)
        self._late.clear()
        return (PrintReceipt(outcome),) if isinstance(outcome, Paid | PaidOffline) else ()

    def _late_of(self, doubt: InDoubt) -> Outcome | None:
        return self._late.get(doubt.entry.entry_id)

    def _check_pin(self) -> Commands:
        if len(self.sale.pin) < MIN_PIN or not self.managers:
            return ()
        manager = self.managers[self.sale.manager % len(self.managers)]
        pin = self.sale.pin
        self._set(stage=Stage.CHECKING_PIN, pin="", pin_remark=words.PIN_CHECKING())
        return (CheckManager(manager.staff_id, pin),)

    def _pin_is_entered(self) -> bool:
        return self.sale.state in {State.MANAGER_NEEDED, State.IN_DOUBT} and self.sale.stage is Stage.PIN

    def _begin_anew(self, now_ms: int) -> Commands:
        """The next customer; what was on the screen moves to the line row."""
        sale = self.sale
        had_code = sale.code is not None
        if sale.shown is not None:
            self.last = sale.shown
        if sale.state is not State.IDLE:
            self._check(State.IDLE)
        self.sale = Sale(state=State.IDLE, since_ms=now_ms, entry=AmountEntry("", self._exponent))
        return (ForgetCode(),) if had_code else ()

    def _enter(self, now_ms: int, **changes: object) -> None:
        """Change amount or code; the state follows from which of the two there are."""
        changed = replace(self.sale, **changes)  # type: ignore[arg-type]
        states = {
            (False, False): State.IDLE,
            (True, False): State.AMOUNT_ENTERED,
            (False, True): State.CODE_SEEN,
            (True, True): State.CONFIRMING,
        }
        self._go(states[changed.entry.minor > 0, changed.code is not None], now_ms, **changes)

    def _note(self, phrase: Phrase, tone: Tone, now_ms: int) -> None:
        self._set(notice=Notice(phrase, tone), notice_at_ms=now_ms)

    def _go(self, to: State, now_ms: int, **changes: object) -> None:
        """The one setter of the state."""
        self._check(to)
        since = self.sale.since_ms if to is self.sale.state else now_ms
        self.sale = replace(self.sale, state=to, since_ms=since, **changes)  # type: ignore[arg-type]

    def _check(self, to: State) -> None:
        if to not in _NEXT[self.sale.state]:
            raise ValueError(f"a charge does not go from {self.sale.state} to {to}")

    def _set(self, **changes: object) -> None:
        """Change what is not the state."""
        self.sale = replace(self.sale, **changes)  # type: ignore[arg-type]
