"""The walk: each entry of a batch in the request's order, by the tables of protocol.md 5. Pure."""

from datetime import timedelta

from hub_server.charging import Completed, Declined, LiveCharge
from hub_server.journal_intake.desk import Desk, NotItsCharge
from hub_server.journal_intake.plan import plan_charge
from hub_server.journal_intake.replay import replay
from hub_server.journal_intake.settle_advice import judge_advice, take_advice
from hub_server.journal_intake.settle_refund import judge_refund, settle_refunds, take_refund
from hub_server.journal_intake.settle_reversal import judge_reversal, may_reverse, take_reversal
from hub_server.journal_intake.track import Track
from shared.journal_entries import (
    AdviceData,
    ChargeData,
    GenesisData,
    RefundData,
    ReversalData,
    ShiftCloseData,
    ShiftOpenData,
    Status,
)
from shared.problems import Code, Refusal


def judge(desk: Desk, track: Track) -> None:
    """Judge one new entry; what waited for it is judged with it.

    What this hub decided before it lost its newest data comes with its decision, and is not judged but replayed.
    """
    desk.place(track)
    if replay(desk, track):
        settle_what_waited(desk, track)
        return
    entry, data = track.incoming.entry, track.incoming.data
    match data:
        case None:
            track.reject(Code.INVALID_ENTRY, track.incoming.flaw)
            if track.incoming.is_charge:
                _settle_followers(desk, track)
        case GenesisData():
            if entry.seq != 0 or data.terminal_id != entry.terminal_id:
                track.reject(Code.INVALID_ENTRY, "a genesis is entry 0 of its own terminal")
            else:
                track.become(Status.ACCEPTED)
        case ChargeData():
            _take_charge(desk, track, data)
        case AdviceData():
            take_advice(desk, track)
        case ReversalData():
            take_reversal(desk, track)
        case RefundData():
            # Of several that waited for one charge, the earlier is asked first.
            settle_refunds(desk, track.charge_id)
            take_refund(desk, track)
        case ShiftOpenData() | ShiftCloseData():
            track.become(Status.ACCEPTED)
    if not track.is_refund:
        settle_refunds(desk, track.charge_id)


def judge_again(desk: Desk, track: Track) -> None:
    """A stored entry that was sent again, this time with its decision."""
    was_open = track.is_open
    if was_open and replay(desk, track) and track.is_settled:
        settle_what_waited(desk, track)
    elif not was_open and track.brought is not None and track.brought.text != track.decision:
        told = track.brought.decision
        desk.alarm(
            "decision_differs", desk.facts.terminal_id, seq=track.seq, brought=told.status, tx_no=told.tx_no
        )


def settle_what_waited(desk: Desk, track: Track) -> None:
    """What waited for this entry is judged with it."""
    if track.incoming.is_charge:
        _settle_followers(desk, track)
    if not track.is_refund:
        settle_refunds(desk, track.charge_id)


def close_waiting(desk: Desk, through: int) -> None:
    """Judge for good what waited for its charge and the chain has passed, and refunds besides, as far as may be."""
    waiting = [track for track in desk.tracks.values() if track.status is Status.PENDING]
    waiting.sort(key=lambda track: track.seq)
    _close_followers(desk, [track for track in waiting if not track.is_refund and track.seq <= through])
    for track in waiting:
        if track.is_refund and track.status is Status.PENDING:
            judge_refund(desk, track, is_final=track.seq <= through)


def _close_followers(desk: Desk, waiting: list[Track]) -> None:
    for track in waiting:
        if track.status is not Status.PENDING:
            continue
        try:
            charge = desk.charge_of(track)
        except NotItsCharge:
            charge = None
        if charge is None:
            track.reject(Code.CHARGE_NOT_FOUND)
        elif track.is_reversal:
            judge_reversal(desk, charge, track)
        else:
            judge_advice(desk, charge, track, is_final=True)


def _take_charge(desk: Desk, track: Track, asked: ChargeData) -> None:
    if any(t.is_reversal and t.seq > track.seq and may_reverse(desk, track, t) for t in desk.about(track.id)):
        # Its reversal came first: nothing needs to move to and fro.
        track.become(Status.REVERSED)
    elif desk.is_suspended:
        track.become(Status.HELD, Refusal(desk.held_code))
    elif track.is_training or _is_live(desk, track):
        _charge_live(desk, track, asked)
    else:
        track.become(Status.UNCONFIRMED)
    if track.status is Status.RETRY:
        desk.withdraw(track)
    else:
        _settle_followers(desk, track)


def _is_live(desk: Desk, track: Track) -> bool:
    window = timedelta(seconds=desk.facts.policy.live_window_s)
    return abs(desk.now - track.incoming.entry.at) <= window


def _charge_live(desk: Desk, track: Track, asked: ChargeData) -> None:
    answer = desk.copy.answer(
        LiveCharge(
            claims=track.incoming.claims,
            merchant_id=desk.facts.merchant_id,
            amount=asked.amount,
            currency=asked.currency,
            at=track.incoming.entry.at,
            skew_s=desk.facts.policy.skew_s,
            training=track.is_training,
        )
    )
    if isinstance(answer, Declined):
        is_decision = answer.refusal.code is not Code.SERVICE_SUSPENDED
        track.become(Status.DECLINED if is_decision else Status.RETRY, answer.refusal)
        track.decided_at = desk.now if is_decision else None
    elif isinstance(answer, Completed) and answer.card_id is not None:
        track.become(Status.COMPLETED, transaction_id=plan_charge(desk, track, answer).id)
    else:
        track.become(Status.COMPLETED)


def _settle_followers(desk: Desk, charge: Track) -> None:
    """What came before its charge: reversals first, since they are final."""
    followers = [track for track in desk.about(charge.id) if track.status is Status.PENDING]
    for track in sorted(followers, key=lambda follower: (not follower.is_reversal, follower.seq)):
        if track.status is not Status.PENDING:
            continue
        if track.seq < charge.seq:
            track.reject(Code.CHARGE_NOT_FOUND)
        elif track.is_reversal:
            judge_reversal(desk, charge, track)
        else:
            judge_advice(desk, charge, track)
