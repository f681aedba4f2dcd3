"""The charge at the counter: `ChargingDesk` on the journal, the hub and the offline rules (protocol.md 4, 5)."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from pos_app.features.charging.code_in_hand import CodeInHand, folded
from pos_app.features.charging.outcome_of import outcome_of
from pos_app.features.charging.outcomes import (
    ChargeRequest,
    CodeSeen,
    ManagerNeeded,
    NotPaid,
    OfflineOption,
    Outcome,
)
from pos_app.hub_client import HubRefused, HubUnreachable, Unreachable
from pos_app.journal import charges
from pos_app.journal.charges import Charge
from pos_app.journal.failpoints import reach
from pos_app.journal.states import ChargeState
from pos_app.storage import Database, StorageError, Transaction
from pos_app.syncing.charge_book import ChargeBook, NewCharge
from pos_app.syncing.core import STOPPED, Answer, Undecided
from pos_app.syncing.line import LineState
from pos_app.syncing.line_watch import LineWatch
from pos_app.syncing.submitter import Submitter
from shared import rates
from shared.journal_entries import MAX_ORDER_REF, AdviceReason, ReversalReason, is_order_ref
from shared.money import is_chargeable
from shared.offline_rules import OfflineVerdict, refuse_by_life
from shared.payment_code import Claims, InvalidPaymentCode, read_payment_code
from shared.problems import Code, Refusal

logger = logging.getLogger("mps.pos.charging")

LATE_ANSWER_MS: Final = 2_000
"""How much longer than the counter waits the request itself is kept open: a late answer is still an answer."""


class Desk:
    """Implements `ChargingDesk`. Every method but `read_code` and `forget_code` blocks."""

    def __init__(
        self,
        database: Database,
        book: ChargeBook,
        submitter: Submitter,
        line: LineWatch,
        on_entry: Callable[[], None],
    ) -> None:
        """`on_charge` of the answering calls `charge_changed`; `on_entry` hears that something was written."""
        self._database = database
        self._book = book
        self._submitter = submitter
        self._line = line
        self._on_entry = on_entry
        self._code = CodeInHand()
        self._late: list[Callable[[Outcome], None]] = []
        self._pressed: dict[str, threading.Event] = {}

    def read_code(self, text: str) -> CodeSeen | Refusal:
        """Verify a text against the hub's keys, its life, the revoked codes and this terminal's own charges."""
        facts = self._book.hub_copy.facts
        try:
            code = read_payment_code(folded(text), facts.keys)
        except InvalidPaymentCode as error:
            return Refusal(Code.INVALID_QR, str(error))
        refusal = self._database.read(lambda tx: self._refuse_code(tx, code.claims)).result()
        if refusal is not None:
            code.wipe()
            return refusal
        self._code.take(code)
        return CodeSeen(claims=code.claims)

    def forget_code(self) -> None:
        """Wipe the secret of the code that was read."""
        self._code.forget()

    def on_late_outcome(self, listener: Callable[[Outcome], None]) -> None:
        """Tell the listener when a charge in doubt gets its answer."""
        self._late.append(listener)

    def charge_changed(self, before: Charge, after: Charge) -> None:
        """An answer changed a charge: wake who waits for it, tell who was left in doubt."""
        pressed = self._pressed.get(after.id)
        if pressed is not None:
            pressed.set()
        # Nobody waits where the charge was left in doubt, or where its wait broke off and could not write so.
        is_left = before.state is ChargeState.IN_DOUBT or (before.state.is_open and pressed is None)
        if is_left and not after.state.is_open:
            outcome = self._settled_outcome(after)
            for listener in self._late:
                listener(outcome)

    def charge(self, request: ChargeRequest) -> Outcome:
        """Write the charge, then ask the hub for at most `response_timeout`; offline at once if the line is down.

        Raises:
            StorageError: it could not be written; nothing was approved or sent.
        """
        pressed_ms = self._book.clock.monotonic_ms()
        code = self._code.held(request.code_ref)
        refusal = _refuse_request(request)
        if refusal is None and code is None:
            refusal = Refusal(Code.INVALID_QR, "no such code in hand: scan it again")
        if refusal is not None or code is None:
            return _not_paid(refusal or Refusal(Code.INVALID_QR), request.amount)
        new = NewCharge(
            code=code,
            amount=request.amount,
            cashier=request.cashier,
            shift=request.shift,
            order_ref=request.order_ref,
            training=request.training,
        )
        if request.offline and self._line.state is LineState.OFFLINE:
            return self._charge_offline(new, request.approver)
        outcome = self._charge_online(new, pressed_ms, request)
        self._on_entry()
        return outcome

    def _charge_online(self, new: NewCharge, pressed_ms: int, request: ChargeRequest) -> Outcome:
        written = self._database.write(lambda tx: self._begin(tx, new)).result()
        if isinstance(written, NotPaid):
            return written
        self._code.forget()
        reach("after_charge_commit")
        try:
            return self._ask(written, pressed_ms, request)
        except Exception:
            # The entry is durable and may have been sent: whatever broke since then, nobody knows what became of it.
            logger.exception("charge %d: the wait for its answer broke off", written.seq)
            return self._known_of(written)

    def _known_of(self, charge: Charge) -> Outcome:
        """What the journal says of the charge; doubt where it does not answer."""
        try:
            return self.look(charge.id)
        except StorageError:
            logger.exception("charge %d: the journal does not answer", charge.seq)
            cannot = OfflineOption(refusal=Refusal(Code.OFFLINE_NOT_ALLOWED, "the journal does not answer"))
            return outcome_of(charge, self._book.hub_copy.facts.terminal_no, cannot)

    def approve_offline(self, entry_id: str, approver: str | None) -> Outcome:
        """Write the advice of an in-doubt charge, if the rules still hold; else what is known of it."""
        reason = AdviceReason.OFFLINE if self._line.state is LineState.OFFLINE else AdviceReason.TIMEOUT
        outcome = self._database.write(
            lambda tx: self._advise_or_doubt(tx, entry_id, reason, approver)
        ).result()
        reach("after_advice_commit")
        self._submitter.wake()
        self._on_entry()
        return outcome

    def give_up(self, entry_id: str) -> Outcome:
        """Write the reversal; if a signed answer came first, that answer."""

        def reverse(tx: Transaction) -> Outcome:
            charge = self._book.charge(tx, entry_id)
            if charge.state.is_open:
                self._book.reverse(tx, charge, ReversalReason.CANCELLED)
            return self._outcome(tx, entry_id)

        outcome = self._database.write(reverse).result()
        reach("after_reversal_commit")
        self._submitter.wake()
        self._on_entry()
        return outcome

    def look(self, entry_id: str) -> Outcome:
        """What is known of a charge now."""
        return self._database.read(lambda tx: self._outcome(tx, entry_id)).result()

    def _begin(self, tx: Transaction, new: NewCharge) -> Charge | NotPaid:
        refusal = None if new.training else self._refuse_code(tx, new.code.claims)
        if refusal is not None:
            return _not_paid(refusal, new.amount)
        charge = self._book.write_charge(tx, new)
        reach("before_charge_commit")
        return charge

    def _charge_offline(self, new: NewCharge, approver: str | None) -> Outcome:
        """Rules first, then charge and advice in one commit: refused means nothing was written."""

        def approve(tx: Transaction) -> Outcome:
            claims = new.code.claims
            stamp = self._book.stamp(tx)
            verdict = self._book.judge(tx, claims, new.amount, training=new.training, stamp=stamp)
            if verdict.refusal is not None:
                return _not_paid(verdict.refusal, new.amount)
            if verdict.needs_manager and approver is None:
                payable = rates.payable(new.amount, claims.rate)
                return ManagerNeeded(raw_amount=new.amount, payable=payable, claims=claims)
            charge = self._book.write_charge(tx, new, stamp)
            reach("before_charge_commit")
            self._book.advise(tx, charge, AdviceReason.OFFLINE, approver)
            return self._outcome(tx, charge.id)

        outcome = self._database.write(approve).result()
        if not isinstance(outcome, NotPaid | ManagerNeeded):
            self._code.forget()
            reach("after_charge_commit")
            reach("after_advice_commit")
            self._submitter.wake()
            self._on_entry()
        return outcome

    def _ask(self, charge: Charge, pressed_ms: int, request: ChargeRequest) -> Outcome:
        """The durable charge goes to the hub; whatever happens, the row says what became of it."""
        timeout_ms = self._book.hub_copy.facts.policy.response_timeout_ms
        answered = self._pressed.setdefault(charge.id, threading.Event())
        future = self._submitter.submit_live(charge.seq, timeout_ms + LATE_ANSWER_MS)
        because: Refusal | None = None
        try:
            try:
                because = _undecided(future.result(self._left_s(pressed_ms, timeout_ms)))
            except TimeoutError:
                logger.info("charge %d: no answer in time", charge.seq)
            except HubUnreachable as error:
                logger.info("charge %d: %s", charge.seq, error)
                if error.kind is not Unreachable.REFUSED:
                    # The backlog sends the same entry again at once: there is time left for its answer.
                    answered.wait(self._left_s(pressed_ms, timeout_ms))
                elif request.offline:
                    return self._line_was_down(charge, request.approver)
            except HubRefused as error:
                because = error.refusal
                logger.warning("charge %d: the hub refused the request: %s", charge.seq, error)
                if because.code in STOPPED:
                    return self._stop(charge, because)
            except StorageError:
                logger.exception("charge %d: the answer could not be stored", charge.seq)
            return self._database.write(lambda tx: self._doubt(tx, charge.id, because)).result()
        finally:
            self._pressed.pop(charge.id, None)

    def _line_was_down(self, charge: Charge, approver: str | None) -> Outcome:
        """Nothing was sent: the entry is durable already, so it is advised at once if the rules allow."""

        def advise(tx: Transaction) -> Outcome:
            self._book.doubt(tx, charge.id)
            return self._advise_or_doubt(tx, charge.id, AdviceReason.OFFLINE, approver)

        outcome = self._database.write(advise).result()
        reach("after_advice_commit")
        return outcome

    def _stop(self, charge: Charge, because: Refusal) -> Outcome:
        """The hub takes no charges: the reversal comes first, then the message (design.md 3)."""

        def reverse(tx: Transaction) -> Outcome:
            current = self._book.charge(tx, charge.id)
            if current.state.is_open:
                self._book.reverse(tx, current, ReversalReason.CANCELLED, because)
            return self._outcome(tx, charge.id)

        outcome = self._database.write(reverse).result()
        reach("after_reversal_commit")
        self._submitter.wake()
        self._on_entry()
        return outcome

    def _doubt(self, tx: Transaction, charge_id: str, because: Refusal | None) -> Outcome:
        self._book.doubt(tx, charge_id)
        return self._outcome(tx, charge_id, because)

    def _advise_or_doubt(
        self, tx: Transaction, charge_id: str, reason: AdviceReason, approver: str | None
    ) -> Outcome:
        charge = self._book.charge(tx, charge_id)
        if charge.state.is_open:
            verdict = self._book.judge(tx, charge.claims, charge.amount, charge=charge)
            if verdict.refusal is None and (approver is not None or not verdict.needs_manager):
                self._book.advise(tx, charge, reason, approver if verdict.needs_manager else None)
        return self._outcome(tx, charge_id)

    def _outcome(self, tx: Transaction, charge_id: str, because: Refusal | None = None) -> Outcome:
        charge = self._book.charge(tx, charge_id)
        option = OfflineOption(refusal=None)
        if charge.state.is_open:
            option = _option(self._book.judge(tx, charge.claims, charge.amount, charge=charge))
        return outcome_of(charge, self._book.hub_copy.facts.terminal_no, option, because)

    def _settled_outcome(self, charge: Charge) -> Outcome:
        return outcome_of(charge, self._book.hub_copy.facts.terminal_no, OfflineOption(refusal=None))

    def _refuse_code(self, tx: Transaction, claims: Claims) -> Refusal | None:
        """What is known to be wrong with the code before anything is written."""
        facts = self._book.hub_copy.facts
        if claims.currency != facts.policy.currency:
            return Refusal(Code.CURRENCY_MISMATCH)
        # A clock that no answer has set yet may be days off: online, the hub judges the code's life.
        if self._book.clock.is_anchored or self._line.state is LineState.OFFLINE:
            refusal = refuse_by_life(claims, self._book.stamp(tx).at, facts.policy.skew_s)
            if refusal is not None:
                return refusal
        if claims.code_ref in facts.revoked:
            return Refusal(Code.QR_REVOKED)
        if charges.is_code_used(tx, claims.code_ref):
            return Refusal(Code.QR_ALREADY_USED)
        return None

    def _left_s(self, pressed_ms: int, timeout_ms: int) -> float:
        return max(0, pressed_ms + timeout_ms - self._book.clock.monotonic_ms()) / 1000


def _refuse_request(request: ChargeRequest) -> Refusal | None:
    if type(request.amount) is not int or not is_chargeable(request.amount):
        return Refusal(Code.INVALID_AMOUNT)
    if request.order_ref is not None and not is_order_ref(request.order_ref):
        return Refusal(Code.INVALID_REQUEST, f"an order number has 1 to {MAX_ORDER_REF} plain characters")
    return None


def _not_paid(refusal: Refusal, amount: int) -> NotPaid:
    return NotPaid(refusal=refusal, raw_amount=amount, entry=None)


def _undecided(answer: Answer) -> Refusal | None:
    return answer.refusal if isinstance(answer, Undecided) else None


def _option(verdict: OfflineVerdict) -> OfflineOption:
    return OfflineOption(refusal=verdict.refusal, needs_manager=verdict.needs_manager)
