"""What follows the walk over a batch: what waited is judged, and everything is written."""

from collections.abc import Sequence

from hub_server.foundation.storage import Connection
from hub_server.journal_intake.judge import close_waiting
from hub_server.journal_intake.queries import write_chain_end
from hub_server.journal_intake.queries.shift_entries import approved_without_money
from hub_server.journal_intake.read_batch import Batch
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from hub_server.journal_intake.write_batch import write_batch
from hub_server.shifts import ShiftClosed, ShiftOpened, ShiftRow, record_shifts
from shared.journal_entries import ShiftCloseData, ShiftOpenData


def finish_batch(
    connection: Connection, tools: IntakeTools, batch: Batch, forks: Sequence[Track], through: int
) -> None:
    """Judge what waited, now that the chain reaches `through`; write the batch, the chain's end and the shifts."""
    close_waiting(batch.desk, through)
    write_batch(connection, tools, batch, forks)
    if through > batch.terminal.verified_through:
        write_chain_end(connection, batch.terminal.terminal_id, through=through)
    _record_shifts(connection, batch, through)


def _record_shifts(connection: Connection, batch: Batch, through: int) -> None:
    desk = batch.desk
    # Also one that was set aside, and is accepted by a person's word.
    accepted = (track for track in desk.tracks.values() if track.is_changed and track.is_settled)
    new = [track.incoming for track in accepted]
    changed = {*(movement.transaction_id for movement in desk.movements), *desk.changed_charges}
    moved = [shift for key in changed if (shift := desk.transactions[key].shift) is not None]
    ended = [
        track.charge.shift for track in desk.tracks.values() if track.is_changed and track.charge is not None
    ]
    record_shifts(
        connection,
        desk.facts.terminal_id,
        opened=[
            ShiftOpened(i.entry.seq, i.entry.at, i.data) for i in new if isinstance(i.data, ShiftOpenData)
        ],
        closed=[
            ShiftClosed(i.entry.seq, i.entry.at, i.data) for i in new if isinstance(i.data, ShiftCloseData)
        ],
        touched=[*moved, *ended],
        through=through,
        now=desk.now,
        without_money=lambda shift: _without_money(connection, shift),
    )


def _without_money(connection: Connection, shift: ShiftRow) -> int:
    """What was approved offline before the closing and voided after it, when the void came here before the charge."""
    if shift.closed_seq is None or shift.reported is None:
        return 0
    approved = approved_without_money(
        connection, shift.terminal_id, shift.shift, shift.opened_seq, shift.closed_seq
    )
    in_doubt = shift.reported.in_doubt or ()
    return sum(
        row.payable
        for row in approved
        if row.reversed_seq is not None
        and row.reversed_seq > shift.closed_seq
        and row.charge_id not in in_doubt
    )
