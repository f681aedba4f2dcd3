"""The edge of submit_entries: verify before the transaction, one transaction a batch, nobody held up by another.

What the database could not take now is answered `retry`; what nobody foresaw is retried entry by entry, so
that only the poison one is left out.
"""

import logging
from collections.abc import Sequence

from hub_server.foundation.context import Context
from hub_server.foundation.failpoints import Failpoint, reach
from hub_server.foundation.storage import Connection, DatabaseBusy, current_incarnation
from hub_server.journal_intake.incoming import Incoming, Unreadable, read_all
from hub_server.journal_intake.queries import read_verified_through
from hub_server.journal_intake.submit_entries import EntryOutcome, Submission, submit_entries
from hub_server.journal_intake.tools import IntakeTools
from hub_server.terminals import TerminalIdentity
from shared.journal_entries import Status
from shared.problems import Code, Refusal
from shared.signing import Ed25519Verifier

_log = logging.getLogger("mps.hub.journal")
_Items = Sequence[Incoming | Unreadable]


def take_journal(
    context: Context, tools: IntakeTools, terminal: TerminalIdentity, texts: Sequence[str]
) -> Submission:
    """Answer every entry, in order (protocol.md 5).

    Raises:
        DatabaseBusy: not even the state of the journal could be read.
    """
    verifier = Ed25519Verifier(terminal.public_key)
    items = read_all(texts, terminal.terminal_id, verifier, tools.verifiers)
    try:
        return _submit(context, tools, terminal.terminal_id, items)
    except DatabaseBusy as busy:
        _log.error("journal batch found the database busy", extra={"reason": str(busy)})
        return _not_decided(context, terminal.terminal_id, items, Code.SYSTEM_BUSY)
    except Exception:  # noqa: BLE001 - a boundary: logged, and answered as retry
        _log.exception("journal batch failed", extra={"entries": len(items)})
        if len(items) == 1:
            return _not_decided(context, terminal.terminal_id, items, Code.INTERNAL_ERROR)
    return _one_by_one(context, tools, terminal.terminal_id, items)


def _submit(context: Context, tools: IntakeTools, terminal_id: str, items: _Items) -> Submission:
    def work(connection: Connection) -> Submission:
        submission = submit_entries(connection, tools, terminal_id, items, context.clock.now())
        reach(Failpoint.BEFORE_COMMIT)
        return submission

    reach(Failpoint.BEFORE_TRANSACTION)
    submission = context.database.run(work)
    reach(Failpoint.AFTER_COMMIT)
    return submission


def _one_by_one(context: Context, tools: IntakeTools, terminal_id: str, items: _Items) -> Submission:
    answers = [_alone(context, tools, terminal_id, item) for item in items]
    return Submission(
        outcomes=tuple(outcome for answer in answers for outcome in answer.outcomes),
        verified_through=max(answer.verified_through for answer in answers),
        hub_time=max(answer.hub_time for answer in answers),
        incarnation=answers[-1].incarnation,
    )


def _alone(context: Context, tools: IntakeTools, terminal_id: str, item: Incoming | Unreadable) -> Submission:
    try:
        return _submit(context, tools, terminal_id, [item])
    except DatabaseBusy as busy:
        _log.error("journal entry found the database busy", extra={"reason": str(busy)})
        return _not_decided(context, terminal_id, [item], Code.SYSTEM_BUSY)
    except Exception:  # noqa: BLE001 - a boundary: logged, and answered as retry
        entry_id = item.entry.id if isinstance(item, Incoming) else None
        _log.exception("journal entry set aside", extra={"entry": entry_id, "terminal": terminal_id})
        return _not_decided(context, terminal_id, [item], Code.INTERNAL_ERROR)


def _not_decided(context: Context, terminal_id: str, items: _Items, code: Code) -> Submission:
    """Nothing was stored: send it again."""
    through, incarnation = context.database.read(
        lambda connection: (read_verified_through(connection, terminal_id), current_incarnation(connection))
    )
    return Submission(
        outcomes=tuple(_retry(item, code) for item in items),
        verified_through=through,
        hub_time=context.clock.now(),
        incarnation=incarnation,
    )


def _retry(item: Incoming | Unreadable, code: Code) -> EntryOutcome:
    if isinstance(item, Unreadable):
        return EntryOutcome(status=Status.REJECTED, refusal=Refusal(item.code, item.detail))
    return EntryOutcome(
        seq=item.entry.seq, entry_id=item.entry.id, status=Status.RETRY, refusal=Refusal(code)
    )
