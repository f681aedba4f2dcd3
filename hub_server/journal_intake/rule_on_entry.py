"""What a person's word makes of entries that wait for one (protocol.md 5). Pure.

To honour is to apply the tables as though nobody had been suspended, and never as a live charge; to refuse ends what is
held with the code it was held for, and what is pending as though nothing of it could come any more.
"""

from hub_server.journal_intake.desk import Desk, NotItsCharge
from hub_server.journal_intake.judge import judge_again
from hub_server.journal_intake.settle_advice import judge_advice
from hub_server.journal_intake.settle_refund import judge_refund, settle_refunds
from hub_server.journal_intake.settle_reversal import judge_reversal
from hub_server.journal_intake.track import Track
from hub_server.transactions import TransactionStatus
from shared.journal_entries import Status
from shared.problems import Code, Refusal


class NotToBeRuled(Exception):
    """The tables leave no room for that word; the message says why, for the person."""


def honour(desk: Desk, track: Track, through: int) -> None:
    """Honour what is held; an advice and its charge together.

    `through`: the end of the chain; a second use of a code is final where the chain has reached it.

    Raises:
        NotToBeRuled: it cannot be ended yet.
    """
    if track.brought is not None:
        # This hub had decided it before it lost its newest data: that is made again, as soon as it can be.
        judge_again(desk, track)
        if not track.is_settled:
            raise NotToBeRuled(_why(track))
        return
    charge = _charge_of(desk, track)
    with desk.ignoring_suspension():
        if track.is_refund:
            judge_refund(desk, track, is_final=track.seq <= through)
        elif track.is_reversal and charge is not None:
            judge_reversal(desk, charge, track)
        elif charge is not None:
            _honour_charge(desk, charge, through)
        elif track.incoming.data is None:
            track.reject(Code.INVALID_ENTRY, track.incoming.flaw)
        elif track.charge_id is None:
            track.become(Status.ACCEPTED)
    if track.status is Status.HELD:
        raise NotToBeRuled(_why(track))
    settle_refunds(desk, track.charge_id)


def _why(track: Track) -> str:
    why = track.refusal.detail or track.refusal.code if track.refusal is not None else ""
    return f"what it is about is not here, or not at its end: {why}"


def refuse(desk: Desk, track: Track, _through: int) -> None:
    """End what waits: nothing moves by it, now or later.

    Raises:
        NotToBeRuled: money has moved, or the terminal is there to end it.
    """
    if track.status is Status.UNCONFIRMED:
        if not desk.is_suspended:
            raise NotToBeRuled("its terminal is active: it brings the advice or the reversal")
        track.reject(desk.held_code)
    elif track.status is Status.PENDING:
        _end_pending(desk, track)
    else:
        _refuse_held(desk, track)
    settle_refunds(desk, track.charge_id)


def _charge_of(desk: Desk, track: Track) -> Track | None:
    if track.incoming.is_charge:
        return track
    if not (track.is_advice or track.is_reversal):
        return None
    try:
        return desk.charge_of(track)
    except NotItsCharge:
        return None


def _honour_charge(desk: Desk, charge: Track, through: int) -> None:
    if charge.status is Status.HELD:
        charge.become(Status.COMPLETED if charge.is_training else Status.UNCONFIRMED)
    for advice in _held_advices(desk, charge):
        judge_advice(desk, charge, advice, is_final=advice.seq <= through)


def _refuse_held(desk: Desk, track: Track) -> None:
    code = track.refusal.code if track.refusal is not None else desk.held_code
    charge = _charge_of(desk, track) if track.is_advice or track.incoming.is_charge else None
    if charge is None:
        track.reject(code)
        return
    moved = desk.transaction_of(charge.id)
    if moved is not None and moved.status is not TransactionStatus.REVERSED:
        raise NotToBeRuled("the charge was completed: honour its advice, and have it reversed or refunded")
    for advice in _held_advices(desk, charge):
        advice.reject(code)
    if charge.is_open:
        charge.reject(code)


def _end_pending(desk: Desk, track: Track) -> None:
    charge = desk.tracks.get(track.charge_id or "")
    if track.is_refund:
        is_known = charge is not None or track.charge_id in desk.named.elsewhere
        code = Code.NOT_REFUNDABLE if is_known else Code.CHARGE_NOT_FOUND
        track.become(Status.DECLINED, Refusal(code))
    elif track.is_advice and charge is not None:
        judge_advice(desk, charge, track, is_final=True)
    else:
        track.reject(Code.CHARGE_NOT_FOUND)


def _held_advices(desk: Desk, charge: Track) -> list[Track]:
    return [each for each in desk.about(charge.id) if each.is_advice and each.status is Status.HELD]
