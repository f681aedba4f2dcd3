"""What an answer on an entry means. Pure: it is told everything and changes nothing (protocol.md 5)."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from pos_app.journal.states import ChargeState
from shared.api.journal import EntryResult
from shared.api.transactions import Transaction
from shared.journal_entries import Decision, Entry, EntryType, Status, verify_decision_on
from shared.jws import BadSignature, MalformedJws
from shared.problems import Code, Refusal
from shared.signing import HubKeys

STOPPED: Final = frozenset({Code.SERVICE_SUSPENDED, Code.MERCHANT_NOT_ACTIVE, Code.TERMINAL_NOT_ACTIVE})
"""The hub will not take this charge soon: it is reversed first, and then told (design.md 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The hub's word, for ever. `transaction` is unsigned, and only there if it agrees with the decision."""

    decision: Decision
    jws: str
    transaction: Transaction | None
    reversal_tx_no: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Known to the hub, not decided yet: `unconfirmed`, `pending` or `held`."""

    status: Status
    code: Code | None


@dataclass(frozen=True, slots=True)
class Undecided:
    """`retry`: nothing was decided or stored."""

    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No answer at all: unsigned where it should be signed, about another entry, or by a key that is not known."""

    why: str
    unknown_key: bool = False


Answer = Signed | Unsigned | Undecided | Unreadable


class Ending(Enum):
    """What an open charge needs at once after an answer that decides nothing."""

    NONE = "none"
    ADVISE_OR_REVERSE = "advise_or_reverse"
    REVERSE = "reverse"


def read_answer(entry: Entry, result: EntryResult, keys: HubKeys) -> Answer:
    """Believe a decision that verifies on this very entry, and no other word of money."""
    error = result.error
    if not result.status.is_signed:
        if (result.seq, result.id) != (entry.seq, entry.id):
            return Unreadable("a result for another entry")
        if result.status is Status.RETRY:
            return Undecided(Refusal(error.code, error.detail) if error else None)
        return Unsigned(result.status, error.code if error else None)
    if result.decision is None:
        return Unreadable("a final status without a decision")
    try:
        decision = verify_decision_on(result.decision, entry, keys)
    except BadSignature as bad:
        return Unreadable(str(bad), unknown_key=True)
    except MalformedJws as bad:
        return Unreadable(str(bad))
    return Signed(
        decision=decision,
        jws=result.decision,
        transaction=_agreeing(result.transaction, decision, entry.type_name),
        reversal_tx_no=result.reversal_tx_no,
        detail=error.detail if error else "",
    )


def _agreeing(told: Transaction | None, decision: Decision, entry_type: str) -> Transaction | None:
    """The transaction is not signed: it counts only beside a completed decision that says the same."""
    if told is None or decision.status is not Status.COMPLETED or entry_type == EntryType.REFUND:
        return None
    signed = (decision.tx_no, decision.payable, decision.rate)
    return told if signed == (told.tx_no, told.payable, told.rate) else None


_BY_CHARGE: Final = {
    (Status.COMPLETED, ChargeState.DURABLE): ChargeState.COMPLETED,
    (Status.COMPLETED, ChargeState.IN_DOUBT): ChargeState.COMPLETED,
    (Status.COMPLETED, ChargeState.ADVISED): ChargeState.SETTLED,
    (Status.DECLINED, ChargeState.DURABLE): ChargeState.DECLINED,
    (Status.DECLINED, ChargeState.IN_DOUBT): ChargeState.DECLINED,
    (Status.REJECTED, ChargeState.DURABLE): ChargeState.DECLINED,
    (Status.REJECTED, ChargeState.IN_DOUBT): ChargeState.DECLINED,
    (Status.REJECTED, ChargeState.ADVISED): ChargeState.REJECTED,
    # Only its own reversal makes the hub say so, and that has reversed it here already; but a charge that the hub
    # has ended must not stay open here, whoever ended it.
    (Status.REVERSED, ChargeState.DURABLE): ChargeState.REVERSED,
    (Status.REVERSED, ChargeState.IN_DOUBT): ChargeState.REVERSED,
    (Status.REVERSED, ChargeState.ADVISED): ChargeState.REVERSED,
}
_BY_ADVICE: Final = {
    (Status.COMPLETED, ChargeState.ADVISED): ChargeState.SETTLED,
    (Status.REJECTED, ChargeState.ADVISED): ChargeState.REJECTED,
    (Status.REVERSED, ChargeState.ADVISED): ChargeState.REVERSED,
}


def next_state(entry_type: EntryType, status: Status, seen: ChargeState) -> ChargeState | None:
    """What a signed answer makes of the charge; None leaves it as it is.

    A charge reversed here stays reversed; one declined while the terminal could not know waits for its advice's answer.
    """
    if entry_type is EntryType.CHARGE:
        return _BY_CHARGE.get((status, seen))
    if entry_type is EntryType.ADVICE:
        return _BY_ADVICE.get((status, seen))
    return None


def ending_of(answer: Unsigned | Undecided, entry_type: EntryType, seen: ChargeState) -> Ending:
    """What an open charge needs now: money must not hang on a charge that nobody will decide."""
    if entry_type is not EntryType.CHARGE or not seen.is_open:
        return Ending.NONE
    if isinstance(answer, Undecided):
        stopped = answer.refusal is not None and answer.refusal.code in STOPPED
        return Ending.REVERSE if stopped else Ending.NONE
    if answer.status is Status.UNCONFIRMED:
        return Ending.ADVISE_OR_REVERSE
    return Ending.REVERSE if answer.status is Status.HELD else Ending.NONE
