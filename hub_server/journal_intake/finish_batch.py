"""What follows the walk over a batch: what waited is judged, and everything is written."""

from collections.abc import Sequence

from hub_server.foundation.storage import Connection
from hub_server.journal_intake.judge import close_waiting
from hub_server.journal_intake.queries import write_chain_end
from hub_server.journal_intake.read_batch import Batch
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from hub_server.journal_intake.write_batch import write_batch
from hub_server.shifts import ShiftClosed, ShiftOpened, record_shifts
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
    record_shifts(
        connection,
        desk.facts.terminal_id,
        opened=[
            ShiftOpened(i.entry.seq, i.entry.at, i.data) for i in new if isinstance(i.data, ShiftOpenData)
        ],
        closed=[
            ShiftClosed(i.entry.seq, i.entry.at, i.data) for i in new if isinstance(i.data, ShiftCloseData)
        ],
        touched=[shift for key in changed if (shift := desk.transactions[key].shift) is not None],
        through=through,
        now=desk.now,
    )
