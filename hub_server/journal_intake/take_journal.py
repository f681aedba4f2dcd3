"""The edge of submit_entries: verify before the transaction, one transaction a batch, nobody held up by another.

What the database could not take now is answered `retry`; what nobody foresaw is tried again entry by entry, so
that only the poison one is left out, and that one is set aside for a person in the end.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from hub_server.foundation.context import Context
from hub_server.foundation.failpoints import Failpoint, reach
from hub_server.foundation.storage import Connection, DatabaseBusy, current_incarnation
from hub_server.journal_intake.incoming import Incoming, Unreadable, read_all
from hub_server.journal_intake.queries import last_contact, read_verified_through
from hub_server.journal_intake.set_aside import set_aside
from hub_server.journal_intake.submission import EntryOutcome, Submission, unreadable
from hub_server.journal_intake.submit_entries import submit_entries
from hub_server.journal_intake.tools import IntakeTools
from hub_server.terminals import TerminalIdentity, touch_contact
from shared.journal_entries import Status
from shared.problems import Code, Refusal
from shared.signing import Ed25519Verifier

_log = logging.getLogger("mps.hub.journal")
_Items = Sequence[Incoming | Unreadable]


def take_journal(
    context: Context,
    tools: IntakeTools,
    terminal: TerminalIdentity,
    texts: Sequence[str],
    decisions: Sequence[str | None] = (),
) -> Submission:
    """Answer every entry, in order (protocol.md 5); `decisions` are those that came with them, where any did.

    Raises:
        DatabaseBusy: not even the state of the journal could be read.
    """
    verifier = Ed25519Verifier(terminal.public_key)
    items = read_all(texts, terminal.terminal_id, verifier, tools.verifiers, decisions)
    return _take(context, tools, terminal.terminal_id, items)


def _take(context: Context, tools: IntakeTools, terminal_id: str, items: _Items) -> Submission:
    try:
        return _submit(context, tools, terminal_id, items)
    except DatabaseBusy as busy:
        return _busy(context, terminal_id, items, busy)
    except Exception:  # noqa: BLE001 - a boundary: logged, counted, and answered
        _log.exception("journal batch failed", extra={"entries": len(items), "terminal": terminal_id})
    if len(items) > 1:
        return _joined([_take(context, tools, terminal_id, [item]) for item in items])
    try:
        return context.database.run(
            lambda c: _set_aside(c, tools, terminal_id, items[0], context.clock.now())
        )
    except DatabaseBusy as busy:
        return _busy(context, terminal_id, items, busy)


def _submit(context: Context, tools: IntakeTools, terminal_id: str, items: _Items) -> Submission:
    def work(connection: Connection) -> Submission:
        submission = submit_entries(connection, tools, terminal_id, items, context.clock.now())
        reach(Failpoint.BEFORE_COMMIT)
        return submission

    reach(Failpoint.BEFORE_TRANSACTION)
    submission = context.database.run(work)
    reach(Failpoint.AFTER_COMMIT)
    return submission


def _joined(answers: Sequence[Submission]) -> Submission:
    """One answer of many; its time is the newest that one of them recorded."""
    return Submission(
        outcomes=tuple(outcome for answer in answers for outcome in answer.outcomes),
        verified_through=max(answer.verified_through for answer in answers),
        hub_time=max(answer.hub_time for answer in answers),
        incarnation=answers[-1].incarnation,
    )


def _set_aside(
    connection: Connection, tools: IntakeTools, terminal_id: str, item: Incoming | Unreadable, now: datetime
) -> Submission:
    if isinstance(item, Incoming):
        return set_aside(connection, tools, terminal_id, item, now)
    if tools.tells_the_time:
        touch_contact(connection, terminal_id, now)
    return Submission(
        outcomes=(unreadable(item),),
        verified_through=read_verified_through(connection, terminal_id),
        hub_time=now,
        incarnation=current_incarnation(connection),
    )


def _busy(context: Context, terminal_id: str, items: _Items, busy: DatabaseBusy) -> Submission:
    """Nothing was stored: send it again. The time that is told is the last that was recorded.

    Raises:
        DatabaseBusy: there is none, or it cannot be read.
    """
    _log.error("journal batch found the database busy", extra={"reason": str(busy)})

    def look(connection: Connection) -> Submission:
        told = last_contact(connection, terminal_id)
        if told is None:
            raise busy
        return Submission(
            outcomes=tuple(_retry(item) for item in items),
            verified_through=read_verified_through(connection, terminal_id),
            hub_time=told,
            incarnation=current_incarnation(connection),
        )

    return context.database.read(look)


def _retry(item: Incoming | Unreadable) -> EntryOutcome:
    if isinstance(item, Unreadable):
        return unreadable(item)
    return EntryOutcome(
        seq=item.entry.seq,
        entry_id=item.entry.id,
        status=Status.RETRY,
        refusal=Refusal(Code.SYSTEM_BUSY),
    )
