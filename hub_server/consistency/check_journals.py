"""Every entry along its chain, with its signature and the hub's decision on it (protocol.md, invariants 4 and 6)."""

from collections.abc import Iterator
from typing import Any

from hub_server.consistency.queries.journals import entries_in_order
from hub_server.consistency.rules import Finding
from hub_server.foundation.storage import Connection
from shared.journal_entries import (
    Entry,
    EntryType,
    InvalidEntry,
    Status,
    first_prev,
    verify_decision_on,
    verify_entry,
)
from shared.jws import BadSignature, MalformedJws
from shared.signing import Ed25519Verifier, HubKeys

_NOT_PROVEN = (InvalidEntry, MalformedJws, BadSignature)


def check_journals(connection: Connection, keys: HubKeys) -> Iterator[Finding]:
    """All terminals' journals, entry by entry; memory stays flat."""
    before: Any = None
    for row in entries_in_order(connection):
        if before is not None and before.terminal_id != row.terminal_id:
            yield from _end(before)
            before = None
        yield from _chain(before, row)
        yield from _proof(row, keys)
        before = row
    if before is not None:
        yield from _end(before)


def _subject(row: Any) -> str:
    return f"entry {row.terminal_id}/{row.seq}"


def _chain(before: Any, row: Any) -> Iterator[Finding]:
    expected = 0 if before is None else before.seq + 1
    if row.seq != expected:
        if row.seq <= row.verified_through:
            yield Finding("journal_gap", _subject(row), f"stands where {expected} should")
        return
    prev = first_prev(row.terminal_id) if before is None else before.hash
    if row.prev != prev:
        yield Finding("journal_chain", _subject(row), "prev is not the hash of the entry before")
    if row.seq == row.verified_through and row.hash != row.verified_hash:
        yield Finding("journal_end", _subject(row), "is not the end that was verified")


def _end(last: Any) -> Iterator[Finding]:
    if last.seq < last.verified_through:
        yield Finding("journal_gap", f"terminal {last.terminal_id}", f"{last.verified_through} was verified")


def _proof(row: Any, keys: HubKeys) -> Iterator[Finding]:
    try:
        entry = verify_entry(row.jws, row.terminal_id, Ed25519Verifier(row.public_key))
    except _NOT_PROVEN as error:
        yield Finding("journal_signature", _subject(row), str(error))
        return
    told = (entry.seq, entry.id, entry.hash, entry.prev, entry.type_name)
    if told != (row.seq, row.entry_id, row.hash, row.prev, row.type):
        yield Finding("journal_entry", _subject(row), "its columns are not what was signed")
    yield from _outcome(row, entry, keys)


def _outcome(row: Any, entry: Entry, keys: HubKeys) -> Iterator[Finding]:
    status = Status(row.status)
    if status.is_signed != (row.decision is not None):
        yield Finding(
            "decision_missing", _subject(row), f"is {status} and its decision does not go with that"
        )
    if row.decision is None:
        return
    try:
        decision = verify_decision_on(row.decision, entry, keys)
    except _NOT_PROVEN as error:
        yield Finding("decision_signature", _subject(row), str(error))
        return
    if decision.status != status or decision.code != row.code or decision.decided_at != row.decided_at:
        yield Finding("decision_entry", _subject(row), "the row says another outcome than the decision")
    tx_no = row.reversal_tx_no if row.type == EntryType.REVERSAL.value else row.tx_no
    if status in (Status.COMPLETED, Status.REVERSED) and _names_another(row, decision.tx_no, tx_no):
        yield Finding("decision_transaction", _subject(row), f"says {decision.tx_no}, the row {tx_no}")


def _names_another(row: Any, told: str | None, tx_no: str | None) -> bool:
    """A charge or advice that ended reversed names no number; its row still shows the charge's."""
    if row.status == Status.REVERSED.value and row.type != EntryType.REVERSAL.value:
        return told is not None
    return told != tx_no
