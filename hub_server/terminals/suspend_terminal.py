"""Suspending a terminal and letting it go on. It is told; its journal is still taken (protocol.md 5)."""

from datetime import datetime
from typing import Literal

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection
from hub_server.terminals.queries import advance_terminal, find_terminal, insert_status_change
from hub_server.terminals.states import TRANSITIONS, TerminalStatus
from shared.api.changes import TerminalChanged
from shared.problems import Code, CodedError

_Told = Literal["active", "suspended"]


def suspend_terminal(
    connection: Connection, *, terminal_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Suspend; false if it was not active.

    Raises:
        CodedError: NOT_FOUND.
    """
    return _move(connection, terminal_id, "suspended", at, actor, reason)


def resume_terminal(
    connection: Connection, *, terminal_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Let it go on; false if it was not suspended. What is held stays held for a person.

    Raises:
        CodedError: NOT_FOUND.
    """
    return _move(connection, terminal_id, "active", at, actor, reason)


def _move(
    connection: Connection, terminal_id: str, told: _Told, at: datetime, actor: Actor, reason: str
) -> bool:
    to = TerminalStatus(told)
    seen = find_terminal(connection, terminal_id)
    if seen is None:
        raise CodedError(Code.NOT_FOUND, "no such terminal")
    # Only enrolment makes a created terminal active.
    if seen.status is TerminalStatus.CREATED or to not in TRANSITIONS[seen.status]:
        return False
    if not advance_terminal(connection, terminal_id, seen.status, to):
        return False
    change_id = insert_status_change(connection, terminal_id, to, at, reason)
    is_stop = to is TerminalStatus.SUSPENDED
    name = AuditName.TERMINAL_SUSPENDED if is_stop else AuditName.TERMINAL_RESUMED
    record(connection, at, [actor.did(name, "terminal", terminal_id, reason=reason)])
    data = TerminalChanged(status=told).model_dump(mode="json")
    payload = {"kind": "terminal", "terminal_id": terminal_id, "change_id": change_id, "data": data}
    enqueue(connection, at, [News(FEED, payload)])
    return True
