"""What was decided is replayed: entries that come back with this hub's own decision on them (protocol.md 5, "A hub that
lost its newest data"). Pure.

Nothing is asked again: neither balance nor limits nor approvals. The decision stands byte for byte, and money moves as
it says; what it is about must be back first, else the entry waits. A decision that this hub cannot have made of what it
knows is told to a person, and changes nothing.
"""

from hub_server.charging import Completed, KnownCharge
from hub_server.journal_intake.desk import Desk, NotItsCharge
from hub_server.journal_intake.end_charge import end_charge
from hub_server.journal_intake.plan import plan_charge, plan_refund, plan_reversal
from hub_server.journal_intake.states import TRANSITIONS
from hub_server.journal_intake.track import Track
from hub_server.refunding import refuse_refund
from hub_server.transactions import TransactionRow, TransactionStatus
from shared.journal_entries import (
    Decision,
    GenesisData,
    RefundData,
    ShiftCloseData,
    ShiftOpenData,
    Status,
)
from shared.problems import Code, Refusal
from shared.rates import payable as payable_of

_STORED = GenesisData | ShiftOpenData | ShiftCloseData


class CannotBe(Exception):
    """What the decision says does not go with what this hub knows."""


def replay(desk: Desk, track: Track) -> bool:
    """Let an entry be again what this hub had decided, or wait; False where the ordinary rules are to answer."""
    if track.brought is None or track.is_settled:
        return False
    told = track.brought.decision
    try:
        if told.status not in TRANSITIONS[track.status]:
            raise CannotBe(f"it is {track.status}")
        _STEPS[told.status](desk, track, told)
    except CannotBe as reason:
        desk.alarm(
            "decision_not_replayed",
            desk.facts.terminal_id,
            seq=track.seq,
            status=told.status,
            tx_no=told.tx_no,
            reason=str(reason),
        )
        if told.tx_no is None or track.is_reversal:
            track.brought = None
            return False
        # Money had moved by it: a second answer would be a second truth, so a person looks, and the decision is kept.
        _wait(track, Status.HELD, Refusal(Code.CONTRADICTORY_ENTRY, str(reason)))
    return True


def _wait(track: Track, status: Status, refusal: Refusal | None = None) -> None:
    if status in TRANSITIONS[track.status] and track.status is not status:
        track.become(status, refusal)
    track.is_changed = True


def _accepted(_desk: Desk, track: Track, _told: Decision) -> None:
    if not isinstance(track.incoming.data, _STORED):
        raise CannotBe("only a genesis or a shift is accepted")
    track.keep()


def _refused(_desk: Desk, track: Track, told: Decision) -> None:
    if told.code is None:
        raise CannotBe("a refusal has a code")
    track.keep(Refusal(told.code))


def _completed(desk: Desk, track: Track, told: Decision) -> None:
    if track.charge is not None:
        _charge(desk, track, told)
    elif track.is_advice:
        _advice(desk, track, told)
    elif track.is_refund:
        _refund(desk, track, told)
    else:
        raise CannotBe("such an entry is never completed")


def _reversed(desk: Desk, track: Track, told: Decision) -> None:
    if track.is_reversal:
        _reversal(desk, track, told)
    elif track.incoming.is_charge or track.is_advice:
        moved = desk.transaction_of(track.charge_id or "") if track.is_advice else None
        track.keep(transaction_id=moved.id if moved is not None else None)
    else:
        raise CannotBe("such an entry is never reversed")


_STEPS = {
    Status.ACCEPTED: _accepted,
    Status.DECLINED: _refused,
    Status.REJECTED: _refused,
    Status.COMPLETED: _completed,
    Status.REVERSED: _reversed,
}


def _charge(desk: Desk, track: Track, told: Decision) -> None:
    moved = desk.transaction_of(track.id)
    if told.tx_no is None:
        if not track.is_training:
            raise CannotBe("only training completes without a number")
        track.keep()
    elif moved is not None:
        track.keep(transaction_id=_same(moved, told).id)
    else:
        row = _pay(desk, track, told, by_advice=bool(told.offline))
        if row is None:
            _wait(track, Status.HELD, _NO_CARD)
        else:
            track.keep(transaction_id=row.id)


def _advice(desk: Desk, track: Track, told: Decision) -> None:
    charge = _charge_of(desk, track)
    if charge is None:
        _wait(track, Status.PENDING)
        return
    moved = desk.transaction_of(charge.id)
    if moved is not None:
        track.keep(transaction_id=_same(moved, told).id)
    elif charge.status is Status.HELD:
        _wait(track, Status.HELD, charge.refusal)
    elif charge.status in (Status.DECLINED, Status.UNCONFIRMED):
        row = _pay(desk, charge, told, by_advice=True)
        if row is None:
            _wait(track, Status.HELD, _NO_CARD)
            return
        track.keep(transaction_id=row.id)
        if charge.status is Status.UNCONFIRMED:
            charge.become(Status.COMPLETED, transaction_id=row.id)
    else:
        raise CannotBe(f"its charge is {charge.status}")


def _pay(desk: Desk, charge: Track, told: Decision, *, by_advice: bool) -> TransactionRow | None:
    """The charge's transaction once more; None where the hub no longer has the card."""
    asked, claims = charge.charge, charge.incoming.claims
    if asked is None:
        raise CannotBe("a malformed charge moves nothing")
    _refuse_taken(desk, told)
    if claims is None or desk.copy.code(claims.code_ref) is None:
        return None
    payable = payable_of(asked.amount, claims.rate)
    if (told.payable, told.rate) != (payable, claims.rate):
        raise CannotBe("the amounts are not the charge's")
    answer = desk.copy.answer(
        KnownCharge(
            code_ref=claims.code_ref,
            payable=payable,
            rate=claims.rate,
            points=told.points_earned or 0,
            charged_at=charge.incoming.entry.at,
            by_advice=by_advice,
            overdrawn=bool(told.overdrawn),
        )
    )
    if not isinstance(answer, Completed) or answer.card_id is None:
        raise TypeError("what was completed is completed again")
    if answer.froze_card:
        desk.frozen_cards.append((answer.card_id, answer.code_ref))
    return plan_charge(desk, charge, answer, told)


def _reversal(desk: Desk, track: Track, told: Decision) -> None:
    charge = _charge_of(desk, track)
    if charge is None:
        _wait(track, Status.PENDING)
        return
    moved, first = desk.transaction_of(charge.id), desk.standing_reversal(charge.id)
    stands = moved is not None and moved.status is not TransactionStatus.REVERSED
    if told.tx_no is None:
        if stands:
            raise CannotBe("its charge stands here")
        track.keep(transaction_id=moved.id if moved is not None else None)
        end_charge(desk, charge, track)
    elif first is not None and desk.reversal_tx_no(first) == told.tx_no:
        track.keep(transaction_id=first.transaction_id)
        track.reversal_id, track.reversal_tx_no = first.reversal_id, first.reversal_tx_no
    elif moved is not None and not stands:
        raise CannotBe("its charge was reversed here already")
    elif moved is None or moved.payable - moved.given_back != told.payable:
        # The charge, or a refund of it that came before, is not back yet.
        _wait(track, Status.PENDING)
    else:
        _refuse_taken(desk, told)
        track.keep(transaction_id=moved.id)
        track.reversal_id = plan_reversal(desk, moved, track, told).id
        end_charge(desk, charge, track)


def _refund(desk: Desk, track: Track, told: Decision) -> None:
    asked = track.incoming.data
    if not isinstance(asked, RefundData):
        raise TypeError("only a well-formed refund is replayed")
    if told.tx_no is None:
        track.keep()
        return
    charged = _refunded(desk, track, asked)
    if charged is None:
        # By the number that it names it is found once that charge is back.
        _wait(track, Status.PENDING, Refusal(Code.TX_NOT_FOUND, asked.tx_no) if asked.tx_no else None)
        return
    _refuse_taken(desk, told)
    refusal = refuse_refund(charged, asked.amount)
    if refusal is not None or told.payable != asked.amount:
        raise CannotBe(refusal.detail if refusal is not None else "the amount is not the refund's")
    row = plan_refund(desk, charged, track, asked, told)
    track.keep(transaction_id=row.id)


def _refunded(desk: Desk, track: Track, asked: RefundData) -> TransactionRow | None:
    if asked.charge is None:
        return desk.transaction_by_number(asked.tx_no or "")
    if asked.charge in desk.tracks:
        return desk.transaction_of(asked.charge)
    elsewhere = desk.named.elsewhere.get(asked.charge)
    return desk.transactions.get(elsewhere.transaction_id or "") if elsewhere is not None else None


def _charge_of(desk: Desk, track: Track) -> Track | None:
    try:
        return desk.charge_of(track)
    except NotItsCharge as error:
        raise CannotBe("what it names is no charge before it") from error


def _same(moved: TransactionRow, told: Decision) -> TransactionRow:
    if moved.tx_no != told.tx_no:
        raise CannotBe(f"here it is {moved.tx_no}")
    return moved


def _refuse_taken(desk: Desk, told: Decision) -> None:
    if told.tx_no in desk.taken_numbers:
        raise CannotBe("its number is another transaction's here")


_NO_CARD = Refusal(Code.CARD_NOT_FOUND, "the hub no longer has this card")
