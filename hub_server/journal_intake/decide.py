"""The decision on a batch: every entry by the tables of protocol.md 5, many charges at once. Pure.

`decide` looks only at rows that were read before and leaves what is to be written on the batch's desk; who
gathers many submissions gathers their rows, and calls this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.journal_intake.incoming import Brought, Incoming, Unreadable
from hub_server.journal_intake.judge import judge, judge_again
from hub_server.journal_intake.read_batch import Batch
from hub_server.journal_intake.submission import EntryOutcome, unreadable
from hub_server.journal_intake.track import Track
from shared.journal_entries import Status, first_prev
from shared.problems import Code, Refusal


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, in the request's order.

    Attributes:
        steps: an entry's track, or an outcome for what is not stored.
        forks: entries whose place is taken, to be kept apart.
        left_out: an entry that was read as new is not stored, so the chain may end sooner than was thought.
    """

    steps: tuple[Track | EntryOutcome, ...]
    forks: tuple[Track, ...]
    left_out: bool


def decide(batch: Batch, incoming: Sequence[Incoming | Unreadable], now: datetime) -> Decided:
    """Decide every entry of the batch, each seeing what those before it did.

    What was decided before comes first, in the journal's order, so that it finds what it found then.
    """
    walk, steps = _Walk(batch, now), dict[int, Track | EntryOutcome]()
    for place in sorted(range(len(incoming)), key=lambda place: _turn(place, incoming[place])):
        steps[place] = walk.take(incoming[place])
    return Decided(tuple(steps[place] for place in range(len(incoming))), tuple(walk.forks), walk.left_out)


def _turn(place: int, item: Incoming | Unreadable) -> tuple[bool, int]:
    if isinstance(item, Unreadable) or item.brought is None:
        return True, place
    return False, item.entry.seq


def was_fork(brought: Brought | None) -> bool:
    """Whether the hub had found that the entry's place was taken."""
    return brought is not None and brought.decision.code is Code.JOURNAL_FORK


class _Walk:
    """One pass over a batch: repeats and forks are told from new entries, which are judged."""

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
            judge_again(desk, desk.tracks[entry.id])
            self._done[entry.hash] = desk.tracks[entry.id]
            return desk.tracks[entry.id]
        track = Track(incoming=item, received_at=self._now, brought=item.brought)
        if was_fork(item.brought) or self._is_fork(item):
            self.left_out = True
            if was_fork(item.brought):
                track.keep(Refusal(Code.JOURNAL_FORK))
            else:
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
