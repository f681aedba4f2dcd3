"""Use cases honour_entry and refuse_entry: a person ends what waits for one (protocol.md 5).

To honour moves money at the issuer's risk: one person proposes it, and it is done when another, whose login is in no
common hand, says the same. To refuse moves nothing, and takes one; but what this hub had decided before it lost its
newest data has moved money once, and takes two. All may be asked any number of times.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hub_server.access import hands_on
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.journal_intake.desk import Desk
from hub_server.journal_intake.finish_batch import finish_batch
from hub_server.journal_intake.queries import read_terminal
from hub_server.journal_intake.queries.recovery import (
    RecoveryRow,
    RulingRow,
    entries_for_people,
    entries_of_subject,
    entry_for_people,
    store_ruling,
    was_decided,
)
from hub_server.journal_intake.read_batch import read_batch
from hub_server.journal_intake.rule_on_entry import NotToBeRuled, honour, refuse
from hub_server.journal_intake.states import Verdict
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from shared.journal_entries import Status
from shared.problems import Code, CodedError

LISTED_AFTER = timedelta(hours=24)
"""What is unconfirmed or pending for longer is a person's matter (protocol.md 5)."""


def list_recovery(
    connection: Connection, *, at: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[RecoveryRow]:
    """What waits for a person, the longest waiting first."""
    return entries_for_people(connection, at - LISTED_AFTER, after, limit)


def honour_entry(
    connection: Connection,
    tools: IntakeTools,
    *,
    terminal_id: str,
    seq: int,
    reason: str,
    at: datetime,
    actor: Actor,
) -> RecoveryRow:
    """Propose to honour what is held, or, as the second person, do it: the tables apply as if nobody were suspended.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for a second login in the proposer's hands; CONTRADICTORY_ENTRY if it is not
            held, was ended otherwise, or cannot be ended yet.
    """
    seen = _seen(connection, terminal_id, seq)
    said = seen.ruling
    if seen.status is not Status.HELD:
        if said is not None and said.verdict is Verdict.HONOUR and said.decided_at is not None:
            return seen
        raise CodedError(Code.CONTRADICTORY_ENTRY, f"only what is held is honoured; this is {seen.status}")
    if said is None or said.decided_at is not None or said.verdict is not Verdict.HONOUR:
        # What was decided was about the charge; its advice came afterwards, and is another matter.
        said = _said(connection, Verdict.HONOUR, reason, at, actor)
        return _keep(connection, seen, said, at, actor, AuditName.ENTRY_HONOUR_PROPOSED)
    if said.proposed_by == actor.id:
        return seen
    _require_other_hands(connection, said, actor)
    _rule(connection, tools, seen, at, honour)
    said = replace(said, decided_by=actor.id, decided_at=at)
    return _keep(connection, seen, said, at, actor, AuditName.ENTRY_HONOURED)


def refuse_entry(
    connection: Connection,
    tools: IntakeTools,
    *,
    terminal_id: str,
    seq: int,
    reason: str,
    at: datetime,
    actor: Actor,
) -> RecoveryRow:
    """End what waits, and nothing moves: `rejected` with the code it was held for; a refund whose charge never came
    is `declined`. Against a decision that the terminal brought back, the first person proposes it.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN as for `honour_entry`; CONTRADICTORY_ENTRY if it waits for no person, was ended otherwise, or money has moved.
    """
    seen = _seen(connection, terminal_id, seq)
    said = seen.ruling
    if said is not None and said.verdict is not Verdict.REFUSE:
        said = None
    if seen.status.is_signed and said is not None and said.decided_at is not None:
        return seen
    is_due = seen.status is Status.HELD or (not seen.status.is_signed and seen.since < at - LISTED_AFTER)
    if not is_due:
        raise CodedError(Code.CONTRADICTORY_ENTRY, f"it is {seen.status}, and waits for no person")
    if not was_decided(connection, terminal_id, seen.subject):
        said = _said(connection, Verdict.REFUSE, reason, at, actor)
    elif said is None or said.decided_at is not None:
        said = _said(connection, Verdict.REFUSE, reason, at, actor)
        return _keep(connection, seen, said, at, actor, AuditName.ENTRY_END_PROPOSED)
    elif said.proposed_by == actor.id:
        return seen
    else:
        _require_other_hands(connection, said, actor)
    _rule(connection, tools, seen, at, refuse)
    said = replace(said, decided_by=actor.id, decided_at=at)
    return _keep(connection, seen, said, at, actor, AuditName.ENTRY_ENDED)


def _require_other_hands(connection: Connection, said: RulingRow, actor: Actor) -> None:
    if not hands_on(connection, actor.id).isdisjoint(said.proposer_hands):
        raise CodedError(Code.FORBIDDEN, "the proposer's login and this one may be in the same hands")


def _seen(connection: Connection, terminal_id: str, seq: int) -> RecoveryRow:
    lock_rows(connection, "terminal", [terminal_id])
    seen = entry_for_people(connection, terminal_id, seq)
    if seen is None:
        raise CodedError(Code.NOT_FOUND, "no such entry")
    return seen


def _said(connection: Connection, verdict: Verdict, reason: str, at: datetime, actor: Actor) -> RulingRow:
    return RulingRow(
        verdict=verdict,
        reason=reason,
        proposed_by=actor.id,
        proposed_at=at,
        proposer_hands=tuple(sorted(hands_on(connection, actor.id))),
        decided_by=None,
        decided_at=None,
    )


def _rule(
    connection: Connection,
    tools: IntakeTools,
    seen: RecoveryRow,
    at: datetime,
    rule: Callable[[Desk, Track, int], None],
) -> None:
    """Lay the entry and what belongs to it on a desk, rule, and write what came of it; its terminal is told."""
    terminal = read_terminal(connection, seen.terminal_id)
    again = frozenset(entries_of_subject(connection, seen.terminal_id, seen.subject)) | {seen.seq}
    batch = read_batch(connection, tools, terminal, [], at, again=again)
    try:
        rule(batch.desk, batch.desk.tracks[seen.entry_id], batch.through)
    except NotToBeRuled as error:
        raise CodedError(Code.CONTRADICTORY_ENTRY, str(error)) from error
    finish_batch(connection, tools, batch, (), batch.through)


def _keep(
    connection: Connection, seen: RecoveryRow, said: RulingRow, at: datetime, actor: Actor, name: AuditName
) -> RecoveryRow:
    """Keep the word, and tell how the entry stands now."""
    store_ruling(connection, seen.terminal_id, seen.subject, said)
    event = actor.did(
        name, "entry", seen.entry_id, terminal=seen.terminal_id, seq=seen.seq, reason=said.reason
    )
    record(connection, at, [event])
    now = entry_for_people(connection, seen.terminal_id, seen.seq)
    assert now is not None, "entries are never deleted"
    return now
