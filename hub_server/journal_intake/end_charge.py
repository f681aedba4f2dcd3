"""What a reversal ends besides itself: its charge, and the advices of it that wait."""

from hub_server.journal_intake.desk import Desk
from hub_server.journal_intake.track import Track
from shared.journal_entries import Status
from shared.problems import Code


def end_charge(desk: Desk, charge: Track, reversal: Track) -> None:
    """What was open of the charge is reversed with it."""
    if charge.is_open:
        charge.become(Status.REVERSED)
    for other in desk.about(charge.id):
        if other.is_advice and other.is_open:
            follow_reversal(other, reversal)


def follow_reversal(track: Track, reversal: Track) -> None:
    """An advice of a charge that was reversed: by its place in the journal."""
    if track.seq < reversal.seq:
        track.become(Status.REVERSED, transaction_id=reversal.transaction_id)
    else:
        track.reject(Code.CONTRADICTORY_ENTRY, "the charge was reversed before")
