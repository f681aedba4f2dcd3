"""A journal as a file to be carried by hand, and its proof from nothing but the file and public keys (protocol.md 4, 5).

UTF-8 JSON lines: a header, then one line an entry in the order of the journal, `{"jws": …, "decision": …?}`.
Writing, reading and proving go line by line, so that memory stays flat whatever the journal's length.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared.ids import Uuid7Text
from shared.journal_entries import (
    MAX_ENTRY,
    BrokenChain,
    ChainFault,
    Decision,
    DecisionElsewhere,
    Entry,
    verify_chain,
    verify_decision,
    verify_decision_on,
)
from shared.jws import BadSignature, MalformedJws, payload_by_known_key
from shared.signing import HubKeys, Jwks, PublicJwk, to_base64url
from shared.strict_json import loads_object

FORMAT: Final = "mps-journal-export"
VERSION: Final = 1
CERTIFICATE_TYP: Final = "mps-terminal+jws"
MAX_DECISION: Final = 4_096
MAX_HEADER: Final = 65_536
"""Bytes of the first line; a key in it takes some 150."""
MAX_LINE: Final = 12_288
"""Bytes of any other line: an entry, a decision, and what JSON puts around them."""

_Jws = Annotated[str, StringConstraints(min_length=1, max_length=MAX_DECISION, pattern=r"^[A-Za-z0-9._-]+$")]


class Lines(Protocol):
    """A file opened to be read as bytes."""

    def readline(self, limit: int, /) -> bytes:
        """The next line with its end, or as much of it as the limit lets."""
        ...


class ExportHeader(BaseModel):
    """The first line. But for what the hub signed in it, it is the terminal's own word.

    Attributes:
        certificate: the hub's word for the terminal's key, given at its enrolment.
        jwks: the hub's keys as the terminal knows them.
        verified_through: the last entry that the hub acknowledged, as the terminal remembers; -1 for none.
        last_decision: the hub's decision of the greatest `seq` that the terminal has, also where the entry itself
            is lost: the journal once reached that far, by the hub's own signature.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    format: Literal["mps-journal-export"] = FORMAT
    v: Literal[1] = VERSION
    terminal_id: Uuid7Text
    terminal_no: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    public_key: PublicJwk
    certificate: _Jws | None = None
    jwks: Jwks
    verified_through: Annotated[int, Field(ge=-1, lt=1 << 53)] = -1
    last_decision: _Jws | None = None


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """An entry's compact text, and its decision's where there is one."""

    jws: str
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A file whose header was read; `entries` reads the rest, once."""

    header: ExportHeader
    entries: Iterator[ExportedEntry]


class ExportFault(StrEnum):
    """What is wrong with an export."""

    HEADER = "header"
    CERTIFICATE = "certificate"
    LINE = "line"
    FORM = "form"
    SIGNATURE = "signature"
    ORDER = "order"
    LINK = "link"
    DECISION = "decision"
    DECISION_ELSEWHERE = "decision_elsewhere"
    CUT = "cut"


class ExportNotProven(ValueError):
    """The export does not hold.

    Attributes:
        fault: in what way.
        seq: the first entry that is wrong or missing; None where the header is.
        why: in English, for logs.
    """

    def __init__(self, fault: ExportFault, seq: int | None, why: str) -> None:
        """Name the fault, the place and the reason."""
        super().__init__(f"header: {why}" if seq is None else f"entry {seq}: {why}")
        self.fault = fault
        self.seq = seq
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportProof:
    """What was proven.

    Attributes:
        terminal_id: whose journal it is.
        entries: how many, from 0 on.
        decided: how many of them the hub decided, by its signature.
        is_certified: the hub signed for the terminal's key. Without that, only what is decided is known to be
            the terminal's own.
    """

    terminal_id: str
    entries: int
    decided: int
    is_certified: bool


def write_export(header: ExportHeader, entries: Iterable[ExportedEntry]) -> Iterator[bytes]:
    """The file's lines, each with its end."""
    yield _line(header.model_dump(mode="json", exclude_none=True))
    for entry in entries:
        line: dict[str, object] = {"jws": entry.jws}
        if entry.decision is not None:
            line["decision"] = entry.decision
        yield _line(line)


def read_export(file: Lines, *, skips_bad_lines: bool = False) -> Export:
    """Read the header; the entries follow as they are asked for.

    `skips_bad_lines`: to save what can be saved of a damaged file; it proves nothing then.

    Raises:
        ExportNotProven: it is no export of a version that is known. From the entries: LINE at one that is too
            long, cut off or of another form.
    """
    text = file.readline(MAX_HEADER + 1)
    try:
        if not text.endswith(b"\n"):
            raise ValueError("the first line is cut off or too long")
        loads_object(text)
        header = ExportHeader.model_validate_json(text)
        for key in (*header.jwks.keys, header.public_key):
            key.verifier()
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise ExportNotProven(ExportFault.HEADER, None, f"not a header of this version: {place}") from error
    except ValueError as error:
        raise ExportNotProven(ExportFault.HEADER, None, str(error)) from error
    return Export(header, _entries(file, skips_bad_lines))


def prove_export(export: Export, keys: HubKeys, *, acknowledged: int = -1) -> ExportProof:
    """Prove the whole journal: form, signatures, numbers, chain, decisions and end.

    `keys`: the hub's public keys; from the file itself (`header.jwks`) they prove no more than that the file agrees
    with itself. `acknowledged`: the last entry that the hub is known to have, beyond what the file tells.

    Raises:
        ExportNotProven: naming the first entry that is wrong or missing.
    """
    header, walk = export.header, _Walk(export.entries)
    is_certified = _is_certified(header, keys)
    last = _last_decision(header, keys)
    decided = reached = 0
    try:
        for entry in verify_chain(walk.texts(), header.terminal_id, header.public_key.verifier()):
            decision = walk.decision
            if decision is not None:
                _check_decision(decision, entry, keys)
                decided += 1
            if last is not None and last.seq == entry.seq and last.entry != entry.hash:
                raise ExportNotProven(ExportFault.DECISION_ELSEWHERE, entry.seq, "the hub decided on another")
            reached = entry.seq + 1
    except BrokenChain as error:
        raise ExportNotProven(_FAULTS[error.fault], error.seq, error.why) from error
    known = max(header.verified_through, acknowledged, last.seq if last is not None else -1)
    if reached <= known:
        raise ExportNotProven(ExportFault.CUT, reached, f"is missing, though the hub has entry {known}")
    return ExportProof(
        terminal_id=header.terminal_id, entries=reached, decided=decided, is_certified=is_certified
    )


_FAULTS = {
    ChainFault.FORM: ExportFault.FORM,
    ChainFault.SIGNATURE: ExportFault.SIGNATURE,
    ChainFault.ORDER: ExportFault.ORDER,
    ChainFault.LINK: ExportFault.LINK,
}


class _Walk:
    """Hands the texts to the chain's proof, and keeps the decision that came with the newest."""

    def __init__(self, entries: Iterator[ExportedEntry]) -> None:
        self._entries = entries
        self.decision: str | None = None

    def texts(self) -> Iterator[str]:
        for entry in self._entries:
            self.decision = entry.decision
            yield entry.jws


def _line(value: dict[str, object]) -> bytes:
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8") + b"\n"
    )


def _entries(file: Lines, skips_bad_lines: bool) -> Iterator[ExportedEntry]:
    seq = 0
    while text := file.readline(MAX_LINE + 1):
        try:
            entry = _entry(text, seq)
        except ExportNotProven:
            if not skips_bad_lines:
                raise
        else:
            yield entry
        seq += 1


def _entry(text: bytes, seq: int) -> ExportedEntry:
    try:
        if not text.endswith(b"\n"):
            raise ValueError("the line is cut off or too long")
        fields = loads_object(text)
    except ValueError as error:
        raise ExportNotProven(ExportFault.LINE, seq, str(error)) from error
    jws, decision = fields.get("jws"), fields.get("decision")
    if not isinstance(jws, str) or len(jws) > MAX_ENTRY or not jws.isascii():
        raise ExportNotProven(ExportFault.LINE, seq, "the line holds no entry")
    if decision is not None and (not isinstance(decision, str) or len(decision) > MAX_DECISION):
        raise ExportNotProven(ExportFault.LINE, seq, "what stands as its decision is none")
    return ExportedEntry(jws, decision)


def _is_certified(header: ExportHeader, keys: HubKeys) -> bool:
    if header.certificate is None:
        return False
    try:
        told = loads_object(payload_by_known_key(header.certificate, CERTIFICATE_TYP, keys))
    except (MalformedJws, BadSignature, ValueError) as error:
        raise ExportNotProven(ExportFault.CERTIFICATE, None, f"certificate: {error}") from error
    key = to_base64url(header.public_key.verifier().public_bytes)
    if (told.get("terminal"), told.get("public_key")) != (header.terminal_id, key):
        raise ExportNotProven(ExportFault.CERTIFICATE, None, "certificate: of another terminal or key")
    return True


def _last_decision(header: ExportHeader, keys: HubKeys) -> Decision | None:
    if header.last_decision is None:
        return None
    try:
        decision = verify_decision(header.last_decision, keys)
    except (MalformedJws, BadSignature) as error:
        raise ExportNotProven(ExportFault.DECISION, None, f"last_decision: {error}") from error
    if decision.terminal != header.terminal_id:
        raise ExportNotProven(ExportFault.DECISION_ELSEWHERE, None, "last_decision: another terminal's")
    return decision


def _check_decision(decision: str, entry: Entry, keys: HubKeys) -> None:
    try:
        verify_decision_on(decision, entry, keys)
    except DecisionElsewhere as error:
        raise ExportNotProven(ExportFault.DECISION_ELSEWHERE, entry.seq, str(error)) from error
    except (MalformedJws, BadSignature) as error:
        raise ExportNotProven(ExportFault.DECISION, entry.seq, f"its decision: {error}") from error
