"""Use case submit_entries: a batch of a terminal's journal, judged and stored in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.foundation.failpoints import Failpoint, reach
from hub_server.foundation.storage import Connection, current_incarnation, lock_rows
from hub_server.journal_intake.decide import decide
from hub_server.journal_intake.finish_batch import finish_batch
from hub_server.journal_intake.incoming import Incoming, Unreadable
from hub_server.journal_intake.queries import read_terminal
from hub_server.journal_intake.read_batch import Batch, chain_reach, read_batch
from hub_server.journal_intake.submission import EntryOutcome, Submission
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from hub_server.terminals import touch_contact


def submit_entries(
    connection: Connection,
    tools: IntakeTools,
    terminal_id: str,
    incoming: Sequence[Incoming | Unreadable],
    now: datetime,
) -> Submission:
    """Judge entries that were read and verified before; everything is written, or nothing.

    Raises:
        LookupError: there is no such enrolled terminal.
        DatabaseBusy: a lock was not had in time (by `Database.run`).
    """
    lock_rows(connection, "terminal", [terminal_id])
    terminal = read_terminal(connection, terminal_id)
    taken = [item for item in incoming if isinstance(item, Incoming)]
    batch = read_batch(connection, tools, terminal, taken, now)
    reach(Failpoint.AFTER_LOCKS)
    decided = decide(batch, incoming, now)
    through = batch.through
    if decided.left_out:
        stored = {track.seq for track in batch.desk.tracks.values() if track.is_new}
        through = chain_reach(connection, terminal_id, terminal.verified_through, stored)
    finish_batch(connection, tools, batch, decided.forks, through)
    outcomes = tuple(
        step if isinstance(step, EntryOutcome) else _outcome(batch, step) for step in decided.steps
    )
    hub_time = max([now, *(o.decided_at for o in outcomes if o.decided_at is not None)])
    if tools.tells_the_time:
        touch_contact(connection, terminal_id, hub_time)
    return Submission(
        outcomes=outcomes,
        verified_through=through,
        hub_time=hub_time,
        incarnation=current_incarnation(connection),
    )


def _outcome(batch: Batch, track: Track) -> EntryOutcome:
    if track.status is None:
        raise ValueError("an entry was left without an outcome")
    transactions = batch.desk.transactions
    return EntryOutcome(
        seq=track.seq,
        entry_id=track.id,
        status=track.status,
        refusal=track.refusal,
        transaction=transactions[track.transaction_id] if track.transaction_id is not None else None,
        reversal_tx_no=batch.desk.reversal_tx_no(track),
        decision=track.decision,
        decided_at=track.decided_at,
    )
