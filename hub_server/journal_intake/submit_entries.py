"""Use case submit_entries: a batch of a terminal's journal, judged and stored in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.foundation.failpoints import Failpoint, reach
from hub_server.foundation.storage import Connection, current_incarnation, lock_rows
from hub_server.journal_intake.incoming import Incoming, Unreadable
from hub_server.journal_intake.judge import close_waiting, judge
from hub_server.journal_intake.queries import read_terminal, write_chain_end
from hub_server.journal_intake.read_batch import Batch, chain_reach, read_batch
from hub_server.journal_intake.submission import EntryOutcome, Submission, unreadable
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from hub_server.journal_intake.write_batch import write_batch
from hub_server.shifts import ShiftClosed, ShiftOpened, record_shifts
from hub_server.terminals import touch_contact
from shared.journal_entries import ShiftCloseData, ShiftOpenData, Status, first_prev
from shared.problems import Code, Refusal


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
    walk = _Walk(batch, now)
    seen = [walk.take(item) for item in incoming]
    through = batch.through
    if walk.left_out:
        stored = {track.seq for track in batch.desk.tracks.values() if track.is_new}
        through = chain_reach(connection, terminal_id, terminal.verified_through, stored)
    close_waiting(batch.desk, [t for t in batch.desk.tracks.values() if t.seq <= through])
    write_batch(connection, tools, batch, walk.forks)
    if through > terminal.verified_through:
        write_chain_end(connection, terminal_id, through=through)
    _record_shifts(connection, batch, through)
    outcomes = tuple(step if isinstance(step, EntryOutcome) else _outcome(batch, step) for step in seen)
    hub_time = max([now, *(o.decided_at for o in outcomes if o.decided_at is not None)])
    touch_contact(connection, terminal_id, hub_time)
    return Submission(
        outcomes=outcomes,
        verified_through=through,
        hub_time=hub_time,
        incarnation=current_incarnation(connection),
    )


class _Walk:
    """One pass over a batch: repeats and forks are told from new entries, which are judged.

    `left_out`: an entry that was read as new is not stored, so the chain may end sooner than was thought.
    """

    def __init__(self, batch: Batch, now: datetime) -> None:
        self._batch = batch
        self._now = now
        self._by_seq = {row.seq: (row.hash, row.prev) for row in batch.stored.values()}
        self._ids = {row.entry_id: row.hash for row in batch.stored.values()}
        self._done: dict[str, Track] = {}
        self.forks: list[Track] = []
        self.left_out = False

    def take(self, item: Incoming | Unreadable) -> Track | EntryOutcome:
        """Take one entry; an outcome stands for what is not stored."""
        if isinstance(item, Unreadable):
            return unreadable(item)
        entry, desk = item.entry, self._batch.desk
        if entry.hash in self._done:
            return self._done[entry.hash]
        if entry.hash in self._batch.forks:
            self.left_out = True
            refusal = Refusal(Code.JOURNAL_FORK)
            return EntryOutcome(
                seq=entry.seq,
                entry_id=entry.id,
                status=Status.REJECTED,
                refusal=refusal,
                decision=self._batch.forks[entry.hash],
            )
        if self._ids.get(entry.id) == entry.hash:
            return desk.tracks[entry.id]
        track = Track(incoming=item, received_at=self._now)
        if self._is_fork(item):
            self.left_out = True
            track.reject(Code.JOURNAL_FORK)
            self.forks.append(track)
            desk.is_suspended = True
        else:
            judge(desk, track)
            if track.status is Status.RETRY:
                self.left_out = True
            else:
                self._by_seq[entry.seq] = (entry.hash, entry.prev)
                self._ids[entry.id] = entry.hash
        self._done[entry.hash] = track
        return track

    def _is_fork(self, item: Incoming) -> bool:
        """Another entry stands in its place or under its id, or the chain does not join."""
        entry = item.entry
        if entry.seq in self._by_seq or entry.id in self._ids:
            return True
        before, after = self._by_seq.get(entry.seq - 1), self._by_seq.get(entry.seq + 1)
        if entry.seq == 0:
            joins = entry.prev == first_prev(entry.terminal_id)
        else:
            joins = before is None or entry.prev == before[0]
        return not joins or (after is not None and after[1] != entry.hash)


def _record_shifts(connection: Connection, batch: Batch, through: int) -> None:
    desk = batch.desk
    new = [track.incoming for track in desk.tracks.values() if track.is_new]
    changed = {*(movement.transaction_id for movement in desk.movements), *desk.reversed_ids}
    record_shifts(
        connection,
        desk.facts.terminal_id,
        opened=[ShiftOpened(i.entry.at, i.data) for i in new if isinstance(i.data, ShiftOpenData)],
        closed=[
            ShiftClosed(i.entry.seq, i.entry.at, i.data) for i in new if isinstance(i.data, ShiftCloseData)
        ],
        touched=[shift for key in changed if (shift := desk.transactions[key].shift) is not None],
        through=through,
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
