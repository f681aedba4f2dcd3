"""`mps-pos journal …`: list, prove, carry out, rescue. All only look at the journal (protocol.md 4)."""

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from pos_app.bootstrap import key_store
from pos_app.command_line.exits import CommandFailed, Exit
from pos_app.command_line.looking import read_facts, verify
from pos_app.command_line.words import say
from pos_app.features.carrying.carry_out import (
    CannotCarry,
    CarriedOut,
    FileIsThere,
    OwnKey,
    carry_into,
    carry_out,
)
from pos_app.journal import salvage
from pos_app.journal.read_back import JournalDamaged
from pos_app.settings import Settings
from pos_app.storage import Reading
from shared.clock import to_wire
from shared.journal_entries import verify_entry
from shared.journal_export import ExportNotProven, prove_export, read_export
from shared.signing import Jwks, PublicJwk

logger = logging.getLogger("mps.pos.command_line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a command prints: its JSON, its sentences for people, and its exit code."""

    json: dict[str, object]
    sentences: tuple[str, ...]
    exit: Exit


def entries(settings: Settings) -> Iterator[dict[str, object]]:
    """Every entry in short: what `journal list` prints.

    Raises:
        NotEnrolled, StorageError: there is nothing to look at.
    """
    reading = Reading(settings.data_dir)
    try:
        facts = reading.read(read_facts)
        for found in salvage.rows(reading.read, salvage.last_known(reading.read)):
            if found.jws is None:
                raise JournalDamaged(found.seq, "cannot be read")
            entry = verify_entry(found.jws, facts.terminal_id, facts.own_verifier)
            yield {
                "seq": entry.seq,
                "id": entry.id,
                "type": entry.type_name,
                "at": to_wire(entry.at),
                "contact": to_wire(entry.contact),
                "decided": found.decision is not None,
            }
    finally:
        reading.close()


def verify_live(settings: Settings) -> Report:
    """Prove this terminal's journal where it stands.

    Raises:
        NotEnrolled, StorageError: there is nothing to look at.
    """
    try:
        count = verify(settings)
    except JournalDamaged as error:
        logger.warning("the journal does not verify: %s", error)
        said = say("journal_damaged", settings.language, seq=error.seq)
        do = say("journal_do", settings.language)
        found: dict[str, object] = {"verified": False, "first_bad": error.seq, "why": str(error)}
        return Report(json=found, sentences=(said, do), exit=Exit.FAULT)
    said = say("verified", settings.language, count=count)
    return Report(json={"verified": True, "entries": count}, sentences=(said,), exit=Exit.DONE)


def verify_file(settings: Settings, file: Path, keys: Path | None) -> Report:
    """Prove an export standing alone: nothing but the file and the hub's public keys.

    Raises:
        CommandFailed: a file cannot be read, or the keys are none.
    """
    language = settings.language
    given = None if keys is None else _keys(keys, settings)
    try:
        with file.open("rb") as opened:
            export = read_export(opened)
            proof = prove_export(export, (given or export.header.jwks).hub_keys())
    except OSError as error:
        raise _not_read(file, error, settings) from error
    except ExportNotProven as error:
        found: dict[str, object] = {"verified": False, "file": str(file), "fault": error.fault.value}
        found |= {"first_bad": error.seq, "why": error.why}
        place = (
            say("file_head", language) if error.seq is None else say("file_entry", language, seq=error.seq)
        )
        said = say("file_not_proven", language, place=place, why=say(f"fault_{error.fault.value}", language))
        return Report(json=found, sentences=(said,), exit=Exit.FAULT)
    sentences = [say("file_proven", language, count=proof.entries, decided=proof.decided)]
    if given is None:
        sentences.append(say("keys_of_file", language))
    if not proof.is_certified:
        sentences.append(say("not_certified", language))
    return Report(
        json={
            "verified": True,
            "file": str(file),
            "terminal_id": proof.terminal_id,
            "entries": proof.entries,
            "decided": proof.decided,
            "certified": proof.is_certified,
            "keys": "file" if given is None else "given",
        },
        sentences=tuple(sentences),
        exit=Exit.DONE,
    )


def export(settings: Settings, file: Path | None, *, rescue: bool) -> Report:
    """Write what verifies into a file, or to standard output; a rescue looks into the file's bytes too.

    Raises:
        CommandFailed: the file cannot be written, or there is no telling whose journal it is.
        StorageError: there is nothing to look at.
    """
    own_key = _own_key(settings) if rescue else None
    try:
        if file is None:
            output: BinaryIO = sys.stdout.buffer
            carried = carry_out(settings.data_dir, output, own_key)
            output.flush()
        else:
            carried = carry_into(settings.data_dir, file, own_key)
    except FileIsThere as error:
        raise CommandFailed(Exit.WRONG_USE, say("file_is_there", settings.language, file=file)) from error
    except CannotCarry as error:
        logger.warning("the journal cannot be carried out: %s", error)
        raise CommandFailed(Exit.FAULT, say("cannot_carry", settings.language)) from error
    except OSError as error:
        logger.warning("%s cannot be written: %s", file, error)
        raise CommandFailed(Exit.FAULT, say("not_written", settings.language, file=file)) from error
    return _carried_report(carried, file, settings)


def _carried_report(carried: CarriedOut, file: Path | None, settings: Settings) -> Report:
    language = settings.language
    sentences = [say("carried", language, count=carried.entries, file=file if file is not None else "-")]
    if carried.first_missing is not None:
        values = {"count": carried.missing, "seq": carried.first_missing}
        sentences.append(say("carried_missing", language, **values))
    if carried.undecided:
        sentences.append(say("carried_undecided", language, count=carried.undecided))
    found: dict[str, object] = {"file": None if file is None else str(file), "entries": carried.entries}
    found |= {"missing": carried.missing, "first_missing": carried.first_missing}
    found["undecided"] = carried.undecided
    return Report(json=found, sentences=tuple(sentences), exit=Exit.DONE)


def _own_key(settings: Settings) -> OwnKey:
    def load() -> PublicJwk | None:
        key = key_store(settings).load()
        return None if key is None else PublicJwk.of(key.public_bytes)

    return load


def _keys(file: Path, settings: Settings) -> Jwks:
    try:
        jwks = Jwks.model_validate_json(file.read_bytes())
        jwks.hub_keys()
    except OSError as error:
        raise _not_read(file, error, settings) from error
    except (ValidationError, ValueError) as error:
        raise CommandFailed(Exit.WRONG_USE, say("keys_wrong", settings.language, file=file)) from error
    return jwks


def _not_read(file: Path, error: OSError, settings: Settings) -> CommandFailed:
    logger.info("%s cannot be read: %s", file, error)
    detail = say("picture_not_found" if not file.exists() else "picture_unreadable", settings.language)
    return CommandFailed(Exit.WRONG_USE, say("not_read", settings.language, file=file, detail=detail))
