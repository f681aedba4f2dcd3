"""Bringing in a journal that was carried by hand: the way of a terminal that cannot reach the hub any more.

Its entries go through the same intake as those of the line, by the same rules of arrival, and may be brought any
number of times. Who calls has proven the file before.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.journal_intake.submission import EntryOutcome
from hub_server.journal_intake.take_journal import take_journal
from hub_server.journal_intake.tools import IntakeTools
from hub_server.terminals import TerminalIdentity, find_terminal, read_certificate, register_again
from shared.api.journal import MAX_BATCH
from shared.journal_entries import Status
from shared.journal_export import ExportedEntry, ExportHeader, ExportProof
from shared.signing import to_base64url

MAX_TOLD = 200
"""So many entries are told one by one; the counts tell the rest."""


class NotThisHubsTerminal(Exception):
    """The hub knows no such terminal, or knows it by another key."""


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of the entries: how many of each status, and the first of those that a person has to look at.

    Attributes:
        to_look_at: `rejected` ones, and those that wait for a person, for their charge or for their advice.
        to_repeat: entries that the hub could not take now: the same file again brings them in.
    """

    terminal_id: str
    terminal_no: str
    verified_through: int
    entries: int = 0
    counts: Counter[Status] = field(default_factory=Counter)
    to_look_at: list[EntryOutcome] = field(default_factory=list)

    @property
    def to_repeat(self) -> int:
        """How many have to be brought again."""
        return self.counts[Status.RETRY]


_LOOKED_AT = frozenset({Status.REJECTED, Status.HELD, Status.PENDING, Status.UNCONFIRMED})


def import_export(
    context: Context,
    tools: IntakeTools,
    header: ExportHeader,
    entries: Iterable[ExportedEntry],
    *,
    actor: Actor,
    proof: ExportProof | None = None,
) -> ImportReport:
    """Submit the entries in batches, each in a transaction of its own; memory stays flat.

    `proof`: of the whole file. With it a terminal that this hub enrolled and lost in a restore is registered again.

    Raises:
        NotThisHubsTerminal: nothing was submitted.
        DatabaseBusy: the database could not be had; what was submitted before stands.
    """
    terminal = _terminal(context, tools, header, proof)
    by_hand = replace(tools, tells_the_time=False)
    report = ImportReport(
        terminal_id=terminal.terminal_id, terminal_no=terminal.terminal_no, verified_through=-1
    )
    for batch in _batches(entries):
        submission = take_journal(
            context, by_hand, terminal, [each.jws for each in batch], [each.decision for each in batch]
        )
        report.entries += len(batch)
        report.verified_through = submission.verified_through
        report.counts.update(outcome.status for outcome in submission.outcomes)
        left = MAX_TOLD - len(report.to_look_at)
        report.to_look_at += [each for each in submission.outcomes if each.status in _LOOKED_AT][:left]
    told = {status.value: count for status, count in sorted(report.counts.items())}
    event = actor.did(
        AuditName.JOURNAL_IMPORTED, "terminal", terminal.terminal_id, entries=report.entries, results=told
    )
    context.database.run(lambda c: record(c, context.clock.now(), [event]))
    return report


@dataclass(frozen=True, slots=True)
class _SignedJournal:
    """The key that signed every entry of a proven journal."""

    terminal_id: str
    public_key: bytes

    def holds(self, public_key: bytes) -> bool:
        """Whether it is that one."""
        return self.public_key == public_key


def _terminal(
    context: Context, tools: IntakeTools, header: ExportHeader, proof: ExportProof | None
) -> TerminalIdentity:
    terminal = context.database.read(lambda c: find_terminal(c, header.terminal_id))
    if terminal is None and header.certificate is not None and proof is not None and proof.entries > 0:
        shown = read_certificate(header.certificate, tools.verifiers)
        signed = _SignedJournal(header.terminal_id, header.public_key.verifier().public_bytes)
        if shown is not None:
            at = context.clock.now()
            terminal = context.database.run(lambda c: register_again(c, shown, signed, at=at))
    if terminal is None or not terminal.public_key:
        raise NotThisHubsTerminal(f"no terminal {header.terminal_id} is enrolled here")
    if to_base64url(terminal.public_key) != header.public_key.x:
        raise NotThisHubsTerminal(f"terminal {header.terminal_id} has another key here")
    return terminal


def _batches(entries: Iterable[ExportedEntry]) -> Iterator[list[ExportedEntry]]:
    rest = iter(entries)
    while batch := list(islice(rest, MAX_BATCH)):
        yield batch
