"""Retiring a terminal, and putting another in its place (protocol.md 3).

A broken, stolen or cloned machine never becomes a good one again: another terminal with a key and a journal of its own
stands in. What the old one still holds may be brought in, by itself or by hand, and waits for a person.
"""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.create_terminal import NewTerminal, create_terminal
from hub_server.terminals.queries import advance_terminal, find_terminal, insert_status_change
from hub_server.terminals.queries.standings import TerminalFilter, terminals_before
from hub_server.terminals.states import TRANSITIONS, TerminalStatus
from shared.api.changes import TerminalChanged
from shared.problems import Code, CodedError


def retire_terminal(
    connection: Connection, *, terminal_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Retire for good; false if it was retired before.

    Raises:
        CodedError: NOT_FOUND.
    """
    lock_rows(connection, "terminal", [terminal_id])
    seen = find_terminal(connection, terminal_id)
    if seen is None:
        raise CodedError(Code.NOT_FOUND, "no such terminal")
    to = TerminalStatus.RETIRED
    if to not in TRANSITIONS[seen.status] or not advance_terminal(connection, terminal_id, seen.status, to):
        return False
    change_id = insert_status_change(connection, terminal_id, to, at, reason)
    record(connection, at, [actor.did(AuditName.TERMINAL_RETIRED, "terminal", terminal_id, reason=reason)])
    # To the machine itself it is all the same: it may bring in its journal, and nothing else.
    data = TerminalChanged(status="suspended").model_dump(mode="json")
    payload = {"kind": "terminal", "terminal_id": terminal_id, "change_id": change_id, "data": data}
    enqueue(connection, at, [News(FEED, payload)])
    return True


def replace_terminal(
    connection: Connection,
    context: Context,
    keys: HubSigningKeys,
    *,
    terminal_id: str,
    at: datetime,
    actor: Actor,
    reason: str,
) -> NewTerminal:
    """Retire a terminal and make one of the same store and name, with a fresh enrolment code.

    Raises:
        CodedError: NOT_FOUND; TERMINAL_NOT_ACTIVE if it was retired before: it has been replaced, or need not be.
    """
    if not retire_terminal(connection, terminal_id=terminal_id, at=at, actor=actor, reason=reason):
        raise CodedError(Code.TERMINAL_NOT_ACTIVE, "the terminal was retired before")
    (old,) = terminals_before(connection, TerminalFilter(terminal_id=terminal_id), None, 1)
    new = create_terminal(connection, context, keys, store_id=old.store_id, name=old.name, at=at, actor=actor)
    event = actor.did(
        AuditName.TERMINAL_REPLACED, "terminal", terminal_id, by=new.terminal_id, number=new.terminal_no
    )
    record(connection, at, [event])
    return new
