"""What a refund becomes: a request, on which money moves by the hub's answer alone (protocol.md 4, 5)."""

from hub_server.journal_intake.desk import Desk
from hub_server.journal_intake.plan import plan_refund
from hub_server.journal_intake.replay import replay
from hub_server.journal_intake.track import Track
from hub_server.refunding import refuse_refund
from hub_server.transactions import TransactionRow
from shared.journal_entries import RefundData, Status
from shared.problems import Code, Refusal


def take_refund(desk: Desk, track: Track) -> None:
    """A new refund: it waits for a person, for its charge, or is judged."""
    if desk.is_suspended:
        track.become(Status.HELD, Refusal(desk.held_code))
    else:
        judge_refund(desk, track)


def settle_refunds(desk: Desk, charge_id: str | None) -> None:
    """Judge what waited for a charge that may have its final status now."""
    for track in desk.refunds_of(charge_id):
        if track.status is Status.PENDING:
            judge_refund(desk, track)


def judge_refund(desk: Desk, track: Track, *, is_final: bool = False) -> None:
    """Judge a refund, or leave it waiting; `is_final`: the chain has passed it.

    What waited is applied however long ago it was asked for: there is no window for refunds.
    """
    if replay(desk, track):
        return
    asked = track.incoming.data
    if not isinstance(asked, RefundData):
        raise TypeError("only a well-formed refund is judged")
    found = _find(desk, track, asked, is_final=is_final)
    if found is Status.PENDING:
        if track.status is None:
            track.become(Status.PENDING)
    elif desk.is_suspended:
        # It waited, and the terminal or its merchant was suspended meanwhile: nothing moves without a person.
        track.become(Status.HELD, Refusal(desk.held_code))
    elif isinstance(found, Code):
        track.become(Status.DECLINED, Refusal(found))
    elif not _is_approved(desk, track, asked, found):
        track.become(Status.DECLINED, Refusal(Code.MANAGER_APPROVAL_REQUIRED))
        desk.alarm("refund_refused", desk.facts.terminal_id, seq=track.seq, approved_by=asked.approved_by)
    elif isinstance(found, TransactionRow):
        _give_back(desk, track, asked, found)
    else:
        # A training charge: the refund of it completes in the same way, and nothing moves.
        track.become(Status.COMPLETED)


def _find(desk: Desk, track: Track, asked: RefundData, *, is_final: bool) -> TransactionRow | Status | Code:
    """What the refund names: a transaction; `pending` while it is out; `completed` for training; or a refusal."""
    if asked.charge is None:
        return desk.transaction_by_number(asked.tx_no or "") or Code.TX_NOT_FOUND
    own = desk.tracks.get(asked.charge)
    if own is not None and (not own.incoming.is_charge or own.seq > track.seq):
        return Code.CHARGE_NOT_FOUND
    elsewhere = desk.named.elsewhere.get(asked.charge)
    if own is not None:
        status, moved = own.status, desk.transaction_of(own.id)
    elif elsewhere is not None:
        status, moved = elsewhere.status, desk.transactions.get(elsewhere.transaction_id or "")
    else:
        is_nowhere = is_final and not desk.named.may_be_elsewhere
        return Code.CHARGE_NOT_FOUND if is_nowhere else Status.PENDING
    if moved is not None:
        return moved
    if status is None or not status.is_signed:
        return Status.PENDING
    if status is Status.COMPLETED:
        return Status.COMPLETED
    # A declined charge can still be advised by what stands between it and the refund.
    may_be_advised = own is not None and status is Status.DECLINED and not is_final
    return Status.PENDING if may_be_advised else Code.NOT_REFUNDABLE


def _is_approved(desk: Desk, track: Track, asked: RefundData, found: TransactionRow | Status) -> bool:
    """By a manager of the store at the entry's contact, who neither took the money nor gives it back."""
    charge = desk.tracks.get(asked.charge or "")
    took = {asked.cashier}
    if isinstance(found, TransactionRow) and found.cashier is not None:
        took.add(found.cashier)
    elif charge is not None and charge.charge is not None:
        took.add(charge.charge.cashier)
    return asked.approved_by not in took and desk.facts.was_manager(
        asked.approved_by, track.incoming.entry.contact
    )


def _give_back(desk: Desk, track: Track, asked: RefundData, charged: TransactionRow) -> None:
    refusal = refuse_refund(charged, asked.amount)
    if refusal is not None:
        track.become(Status.DECLINED, refusal)
        return
    row = plan_refund(desk, charged, track, asked)
    track.become(Status.COMPLETED, transaction_id=row.id)
