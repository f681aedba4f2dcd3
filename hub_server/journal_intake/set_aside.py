"""Use case set_aside: an entry that the hub cannot judge, for a fault of its own, never stands in the way for ever.

Every failed submission of it is counted; at the last it is stored as `held` for a person, with an alert, so
that the chain goes on and nothing is lost.
"""

from collections.abc import Sequence
from datetime import datetime

from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.foundation.storage import Connection, current_incarnation, lock_rows
from hub_server.journal_intake.entry_columns import entry_columns
from hub_server.journal_intake.incoming import Incoming
from hub_server.journal_intake.queries import (
    EntryRow,
    count_failure,
    entries_at,
    insert_entries,
    read_terminal,
    write_chain_end,
)
from hub_server.journal_intake.read_batch import chain_reach
from hub_server.journal_intake.submission import EntryOutcome, Submission
from hub_server.journal_intake.tools import IntakeTools
from hub_server.terminals import touch_contact
from hub_server.transactions import transactions_by_id
from shared.journal_entries import Entry, Status, first_prev
from shared.problems import Code, Refusal

MAX_FAILURES = 3
"""So many submissions of one entry fail before it is held."""


def set_aside(
    connection: Connection, tools: IntakeTools, terminal_id: str, item: Incoming, now: datetime
) -> Submission:
    """Answer for an entry whose judging failed: as it is stored, `retry`, or `held` from now on.

    Raises:
        LookupError: there is no such enrolled terminal.
        DatabaseBusy: a lock was not had in time (by `Database.run`).
    """
    lock_rows(connection, "terminal", [terminal_id])
    entry, through = item.entry, read_terminal(connection, terminal_id).verified_through
    near = entries_at(connection, terminal_id, [entry.seq - 1, entry.seq, entry.seq + 1], [entry.id])
    stored = next((row for row in near if row.hash == entry.hash), None)
    if stored is not None:
        outcome = _as_stored(connection, stored)
    elif count_failure(connection, terminal_id, entry.hash, now) < MAX_FAILURES or not _joins(entry, near):
        outcome = EntryOutcome(
            seq=entry.seq, entry_id=entry.id, status=Status.RETRY, refusal=Refusal(Code.INTERNAL_ERROR)
        )
    else:
        outcome = _hold(connection, item, now)
        through = _lengthen_chain(connection, entry, through)
    hub_time = max(now, outcome.decided_at or now)
    if tools.tells_the_time:
        touch_contact(connection, terminal_id, hub_time)
    return Submission(
        outcomes=(outcome,),
        verified_through=through,
        hub_time=hub_time,
        incarnation=current_incarnation(connection),
    )


def _as_stored(connection: Connection, row: EntryRow) -> EntryOutcome:
    found = transactions_by_id(connection, [row.transaction_id] if row.transaction_id else [])
    return EntryOutcome(
        seq=row.seq,
        entry_id=row.entry_id,
        status=row.status,
        refusal=Refusal(Code(row.code), row.detail or "") if row.code else None,
        transaction=found.get(row.transaction_id or ""),
        reversal_tx_no=row.reversal_tx_no,
        decision=row.decision,
        decided_at=row.decided_at,
    )


def _joins(entry: Entry, near: Sequence[EntryRow]) -> bool:
    """Whether the place is free and the chain joins on both sides: a fork is never held."""
    by_seq = {row.seq: row for row in near}
    if entry.seq in by_seq or any(row.entry_id == entry.id for row in near):
        return False
    before, after = by_seq.get(entry.seq - 1), by_seq.get(entry.seq + 1)
    prev = first_prev(entry.terminal_id) if entry.seq == 0 else before.hash if before else entry.prev
    return entry.prev == prev and (after is None or after.prev == entry.hash)


def _hold(connection: Connection, item: Incoming, now: datetime) -> EntryOutcome:
    entry, refusal = item.entry, Refusal(Code.INTERNAL_ERROR, "the hub could not judge it")
    held = {"status": Status.HELD.value, "code": refusal.code.value, "detail": refusal.detail}
    held |= {"brought_decision": item.brought.text} if item.brought is not None else {}
    insert_entries(connection, [entry_columns(item, now) | held])
    detail = {"seq": entry.seq, "type": entry.type_name}
    enqueue(
        connection,
        now,
        [News(ALERT, {"kind": "entry_set_aside", "subject": entry.terminal_id, "detail": detail})],
    )
    return EntryOutcome(seq=entry.seq, entry_id=entry.id, status=Status.HELD, refusal=refusal)


def _lengthen_chain(connection: Connection, entry: Entry, through: int) -> int:
    reached = chain_reach(connection, entry.terminal_id, through, {entry.seq})
    if reached > through:
        write_chain_end(connection, entry.terminal_id, through=reached)
    return reached
