"""Writes the journal's export: every entry that verifies, also out of a damaged file (protocol.md 4; faults.md 5)."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from pos_app.hub_copy import HubFacts, rows
from pos_app.journal import salvage
from pos_app.journal.salvage import Found
from pos_app.storage import Reading, StorageDamaged, StorageError
from pos_app.storage.database import FILE_NAME
from shared.journal_entries import Entry, InvalidEntry, verify_decision, verify_decision_on, verify_entry
from shared.journal_entries.entry import TYP as ENTRY_TYP
from shared.journal_export import ExportedEntry, ExportHeader, write_export
from shared.jws import BadSignature, MalformedJws, read_jws
from shared.signing import HubKeys, Jwks, PublicJwk, Verifier

logger = logging.getLogger("mps.pos.carrying")

SUFFIX: Final = ".jsonl"
UNKNOWN: Final = "unknown"
"""In place of the terminal's number, where the database no longer tells it."""
_NOT_OURS: Final = (InvalidEntry, MalformedJws, BadSignature, UnicodeEncodeError)


class CannotCarry(Exception):
    """Nothing of the journal can be carried out: there is no telling whose it is."""


class FileIsThere(Exception):
    """A file of that name exists: an export never writes over anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What was written.

    Attributes:
        entries: how many.
        missing: how many numbers up to the last known one could not be read or do not verify.
        first_missing: the first of them.
        undecided: how many decisions were there and do not verify; their entries are in the file without one.
    """

    terminal_no: str
    entries: int
    missing: int
    first_missing: int | None
    undecided: int


@dataclass(slots=True)
class _Count:
    entries: int = 0
    missing: int = 0
    first_missing: int | None = None
    undecided: int = 0

    def miss(self, seq: int) -> None:
        self.missing += 1
        self.first_missing = seq if self.first_missing is None else self.first_missing


def file_name(terminal_no: str, at: datetime) -> str:
    """What an export is called unless somebody says otherwise."""
    return f"mps-journal-{terminal_no}-{at:%Y%m%d-%H%M%S}{SUFFIX}"


OwnKey = Callable[[], PublicJwk | None]
"""The public half of the key in the key store: whose journal it is, where the database no longer tells."""


def carry_out(folder: Path, write: BinaryIO, own_key: OwnKey | None = None) -> CarriedOut:
    """Write the export of the journal in a data directory into an opened file.

    With `own_key`, what the database no longer gives is looked for in the bytes of its files (`journal rescue`).

    Raises:
        CannotCarry: what names the terminal and its key cannot be read.
        StorageError: there is no journal here, or a newer program wrote it.
    """
    try:
        reading: Reading | None = Reading(folder)
    except StorageDamaged:
        if own_key is None:
            raise
        reading = None  # not a database any more: its bytes are all there is
    try:
        return _carry_out(folder, reading, write, own_key)
    finally:
        if reading is not None:
            reading.close()


def _carry_out(folder: Path, reading: Reading | None, write: BinaryIO, own_key: OwnKey | None) -> CarriedOut:
    header = _header(reading) if reading is not None else None
    if header is None and own_key is not None:
        header = _header_from_bytes(folder, own_key)
    if header is None:
        raise CannotCarry("what names the terminal and its key cannot be read")
    last = -1 if reading is None else salvage.last_known(reading.read)
    last = max(last, header.verified_through)
    carved = {} if own_key is None else _carved(folder, header, last)
    if last < 0:
        last = max(carved, default=-1)
    found = salvage.nothing(last) if reading is None else salvage.rows(reading.read, last)
    count = _Count()
    for line in write_export(header, _exported(found, header, carved, count)):
        write.write(line)
    logger.info("%d entries were carried out, %d are missing", count.entries, count.missing)
    return CarriedOut(
        terminal_no=header.terminal_no,
        entries=count.entries,
        missing=count.missing,
        first_missing=count.first_missing,
        undecided=count.undecided,
    )


def carry_into(folder: Path, file: Path, own_key: OwnKey | None = None) -> CarriedOut:
    """The same into a new file, which is there whole and on the disk, or not at all.

    Raises:
        FileIsThere: it exists already.
        OSError: it cannot be written.
        CannotCarry, StorageError: see `carry_out`.
    """
    if file.exists():
        raise FileIsThere(str(file))
    part = file.with_name(file.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
            carried = carry_out(folder, opened, own_key)
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return carried


def _header(reading: Reading) -> ExportHeader | None:
    try:
        facts: HubFacts | None = reading.read(rows.read_facts)
        if facts is None:
            return None
        newest = salvage.last_decision(reading.read)
        return ExportHeader(
            terminal_id=facts.terminal_id,
            terminal_no=facts.terminal_no,
            public_key=facts.public_key,
            certificate=facts.certificate,
            jwks=facts.jwks,
            verified_through=facts.verified_through,
            last_decision=newest if newest is not None and _is_by(newest, facts.keys) else None,
        )
    except (StorageError, ValueError) as error:
        logger.warning("what the hub told of this terminal cannot be read: %s", error)
        return None


def _header_from_bytes(folder: Path, own_key: OwnKey) -> ExportHeader | None:
    """Whose journal it is, by the first entry in the file's bytes that the terminal's own key has signed."""
    key = own_key()
    if key is None:
        return None
    for text in salvage.texts_in(folder / FILE_NAME):
        try:
            terminal_id = read_jws(text, ENTRY_TYP).kid
            verify_entry(text, terminal_id, key.verifier())
        except _NOT_OURS:
            continue
        return ExportHeader(terminal_id=terminal_id, terminal_no=UNKNOWN, public_key=key, jwks=Jwks(keys=()))
    return None


def _is_by(decision: str, keys: HubKeys) -> bool:
    try:
        verify_decision(decision, keys)
    except _NOT_OURS:
        return False
    return True


def _carved(folder: Path, header: ExportHeader, last: int) -> dict[int, str]:
    """Entries that verify, out of the bytes; beside rows that tell of an end, none after it: it may never have been
    committed. For the same reason the write-ahead log is looked into only then."""
    found: dict[int, str] = {}
    names = (FILE_NAME,) if last < 0 else (FILE_NAME, f"{FILE_NAME}-wal")
    verifier = header.public_key.verifier()
    for name in names:
        for text in salvage.texts_in(folder / name):
            entry = _verified(text, header.terminal_id, verifier)
            if entry is not None and (last < 0 or entry.seq <= last):
                found.setdefault(entry.seq, text)
    return found


def _exported(
    found: Iterator[Found], header: ExportHeader, carved: dict[int, str], count: _Count
) -> Iterator[ExportedEntry]:
    verifier, keys = header.public_key.verifier(), header.jwks.hub_keys()
    for one in found:
        entry = _entry_of(one, header.terminal_id, verifier, carved)
        if entry is None:
            count.miss(one.seq)
            continue
        count.entries += 1
        decision = one.decision
        if decision is not None and not _is_on(decision, entry, keys):
            count.undecided += 1
            decision = None
        yield ExportedEntry(entry.jws, decision)


def _entry_of(one: Found, terminal_id: str, verifier: Verifier, carved: dict[int, str]) -> Entry | None:
    for text in (one.jws, carved.get(one.seq)):
        entry = None if text is None else _verified(text, terminal_id, verifier)
        if entry is not None and entry.seq == one.seq:
            return entry
    return None


def _verified(text: str, terminal_id: str, verifier: Verifier) -> Entry | None:
    try:
        return verify_entry(text, terminal_id, verifier)
    except _NOT_OURS:
        return None  # not an entry of this journal, or one that was changed: it is counted as missing


def _is_on(decision: str, entry: Entry, keys: HubKeys) -> bool:
    try:
        verify_decision_on(decision, entry, keys)
    except _NOT_OURS:
        return False
    return True
