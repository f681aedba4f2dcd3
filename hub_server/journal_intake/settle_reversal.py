"""What a reversal becomes, and what it ends (protocol.md 5, "What a charge becomes at the hub")."""

from datetime import timedelta

from hub_server.journal_intake.desk import Desk, NotItsCharge
from hub_server.journal_intake.end_charge import end_charge
from hub_server.journal_intake.plan import plan_reversal
from hub_server.journal_intake.replay import replay
from hub_server.journal_intake.track import Track
from hub_server.transactions import TransactionRow, TransactionStatus
from shared.journal_entries import ReversalData, ReversalReason, Status
from shared.problems import Code

LATE_AFTER = timedelta(seconds=120)
"""A reversal that moves money later than this after its charge is told to a person, by whichever clock."""


def take_reversal(desk: Desk, track: Track) -> None:
    """A new reversal: it waits for its charge, or is judged."""
    try:
        charge = desk.charge_of(track)
    except NotItsCharge:
        track.reject(Code.CHARGE_NOT_FOUND)
        return
    if charge is None:
        track.become(Status.PENDING)
        return
    judge_reversal(desk, charge, track)


def judge_reversal(desk: Desk, charge: Track, track: Track) -> None:
    """Judge a reversal whose charge is there."""
    if replay(desk, track):
        return
    first = desk.standing_reversal(charge.id)
    if first is not None:
        track.follow(first)
    elif not may_reverse(desk, charge, track):
        track.reject(Code.MANAGER_APPROVAL_REQUIRED)
        approved_by = track.incoming.approved_by
        desk.alarm(
            "void_refused", desk.facts.terminal_id, seq=track.seq, charge=charge.id, approved_by=approved_by
        )
    else:
        _reverse(desk, charge, track)


def may_reverse(desk: Desk, charge: Track, track: Track) -> bool:
    """A void needs a manager of the store at the entry's contact, other than the charge's cashier."""
    data = track.incoming.data
    if not isinstance(data, ReversalData):
        return False
    if data.reason is not ReversalReason.VOID:
        return True
    if data.approved_by is None or (charge.charge is not None and charge.charge.cashier == data.approved_by):
        return False
    return desk.facts.was_manager(data.approved_by, track.incoming.entry.contact)


def _reverse(desk: Desk, charge: Track, track: Track) -> None:
    charged = desk.transaction_of(charge.id)
    moves = charged is not None and charged.status is not TransactionStatus.REVERSED
    track.become(Status.REVERSED, transaction_id=charged.id if charged is not None else None)
    if charged is not None and moves:
        track.reversal_id = plan_reversal(desk, charged, track).id
        _tell_if_late(desk, charge, track, charged)
    end_charge(desk, charge, track)


def _tell_if_late(desk: Desk, charge: Track, track: Track, charged: TransactionRow) -> None:
    data = track.incoming.data
    is_void = isinstance(data, ReversalData) and data.reason is ReversalReason.VOID
    # The terminal dates its own entries: the hub's clock says besides how long the money was there.
    dated = track.incoming.entry.at - charge.incoming.entry.at
    if not is_void and max(dated, desk.now - charged.completed_at) > LATE_AFTER:
        desk.alarm("late_reversal", desk.facts.terminal_id, seq=track.seq, charge=charge.id)
