"""An export proves a journal by itself, and names the first entry that is wrong (protocol.md, invariant 6)."""

import io
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.clock import to_wire
from shared.journal_entries import (
    Decision,
    Entry,
    GenesisData,
    ShiftOpenData,
    Status,
    first_prev,
    sign_decision,
    sign_entry,
)
from shared.journal_export import (
    CERTIFICATE_TYP,
    MAX_LINE,
    ExportedEntry,
    ExportFault,
    ExportHeader,
    ExportNotProven,
    ExportProof,
    prove_export,
    read_export,
    write_export,
)
from shared.jws import sign_jws
from shared.signing import Ed25519Signer, Jwks, PublicJwk, to_base64url
from shared.strict_json import dumps_object

HUB = Ed25519Signer.from_seed(b"h" * 32)
OWN = Ed25519Signer.from_seed(b"t" * 32)
STRANGER = Ed25519Signer.from_seed(b"s" * 32)
TERMINAL = "01990000-0000-7000-8000-000000000001"
AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
KEYS = {HUB.kid: HUB.verifier()}
COUNT = 6


def _id(number: int) -> str:
    return f"01990000-0000-7000-8000-{number:012x}"


def _journal(count: int, signer: Ed25519Signer = OWN) -> Iterator[Entry]:
    prev = first_prev(TERMINAL)
    for seq in range(count):
        data = (
            ShiftOpenData(cashier="mei", shift=f"shift {seq}")
            if seq
            else GenesisData(terminal_id=TERMINAL, app_version="1")
        )
        entry = sign_entry(
            terminal_id=TERMINAL,
            seq=seq,
            prev=prev,
            entry_id=_id(1000 + seq),
            at=AT,
            contact=AT,
            data=data,
            signer=signer,
        )
        prev = entry.hash
        yield entry


def _decision(on: Entry, signer: Ed25519Signer = HUB, **changes: Any) -> str:
    decision = Decision(
        terminal=on.terminal_id,
        seq=on.seq,
        id=on.id,
        entry=on.hash,
        status=Status.ACCEPTED,
        decided_at=AT,
    )
    return sign_decision(decision.model_copy(update=changes), signer)


def _certificate(signer: Ed25519Signer = HUB, **changes: object) -> str:
    told: dict[str, object] = {
        "terminal": TERMINAL,
        "public_key": to_base64url(OWN.public_bytes),
        "enrolled_at": to_wire(AT),
    }
    return sign_jws(CERTIFICATE_TYP, signer.kid, dumps_object(told | changes), signer)


def _header(**changes: Any) -> ExportHeader:
    header = ExportHeader(
        terminal_id=TERMINAL,
        terminal_no="T-1",
        public_key=PublicJwk.of(OWN.public_bytes),
        certificate=_certificate(),
        jwks=Jwks(keys=(PublicJwk.of(HUB.public_bytes),)),
        verified_through=3,
    )
    return header.model_copy(update=changes)


def _rows(count: int = COUNT) -> list[ExportedEntry]:
    return [ExportedEntry(e.jws, _decision(e) if e.seq < 4 else None) for e in _journal(count)]


def _file(header: ExportHeader, rows: Sequence[ExportedEntry]) -> bytes:
    return b"".join(write_export(header, rows))


def _prove(text: bytes, **options: Any) -> ExportProof:
    return prove_export(read_export(io.BytesIO(text)), KEYS, **options)


def _refusal(text: bytes, **options: Any) -> tuple[ExportFault, int | None]:
    with pytest.raises(ExportNotProven) as refused:
        _prove(text, **options)
    return refused.value.fault, refused.value.seq


def test_a_whole_journal_is_proven_and_reads_as_it_was_written() -> None:
    rows = _rows()
    text = _file(_header(last_decision=rows[3].decision), rows)
    assert _prove(text) == ExportProof(terminal_id=TERMINAL, entries=COUNT, decided=4, is_certified=True)
    export = read_export(io.BytesIO(text))
    assert (export.header.terminal_no, list(export.entries)) == ("T-1", rows)
    without = _prove(_file(_header(certificate=None), rows))
    assert (without.entries, without.is_certified) == (COUNT, False)


def test_what_was_changed_dropped_put_in_doubled_or_reordered_is_named() -> None:
    rows = _rows()
    strange = [ExportedEntry(e.jws) for e in _journal(COUNT, STRANGER)]
    fresh = list(_journal(COUNT))
    relinked = sign_entry(
        terminal_id=TERMINAL,
        seq=4,
        prev=fresh[0].hash,
        entry_id=_id(77),
        at=AT,
        contact=AT,
        data=ShiftOpenData(cashier="mei", shift="another"),
        signer=OWN,
    )
    cases: list[tuple[list[ExportedEntry], ExportFault, int]] = [
        ([*rows[:2], strange[2], *rows[3:]], ExportFault.SIGNATURE, 2),
        ([*rows[:2], ExportedEntry("no entry"), *rows[3:]], ExportFault.FORM, 2),
        ([*rows[:2], *rows[3:]], ExportFault.ORDER, 3),
        ([*rows[:3], *rows[2:]], ExportFault.ORDER, 2),
        ([*rows[:2], rows[3], rows[2], *rows[4:]], ExportFault.ORDER, 2),
        ([*rows[:4], ExportedEntry(relinked.jws), rows[5]], ExportFault.LINK, 4),
        (rows[1:], ExportFault.ORDER, 1),
    ]
    for changed, fault, seq in cases:
        assert _refusal(_file(_header(), changed)) == (fault, seq)


def test_a_cut_tail_is_named_by_whatever_acknowledged_it() -> None:
    rows = _rows()
    unknown = _header(verified_through=-1)
    assert _refusal(_file(_header(verified_through=4), rows[:4])) == (ExportFault.CUT, 4)
    assert _refusal(_file(_header(verified_through=-1, last_decision=rows[3].decision), rows[:2])) == (
        ExportFault.CUT,
        2,
    )
    assert _refusal(_file(unknown, rows[:2]), acknowledged=2) == (ExportFault.CUT, 2)
    assert _prove(_file(unknown, rows[:2])).entries == 2
    assert _refusal(_file(_header(verified_through=0), [])) == (ExportFault.CUT, 0)


def test_a_decision_that_is_not_the_hubs_or_not_on_its_entry_is_named() -> None:
    entries, rows = list(_journal(COUNT)), _rows()

    def decided(decision: str) -> bytes:
        return _file(_header(), [*rows[:2], ExportedEntry(entries[2].jws, decision), *rows[3:]])

    assert _refusal(decided(_decision(entries[2], STRANGER))) == (ExportFault.DECISION, 2)
    assert _refusal(decided("no decision")) == (ExportFault.DECISION, 2)
    assert _refusal(decided(_decision(entries[1]))) == (ExportFault.DECISION_ELSEWHERE, 2)
    assert _refusal(decided(_decision(entries[2], status=Status.HELD))) == (ExportFault.DECISION, 2)
    other = _header(last_decision=_decision(entries[3], entry=entries[2].hash))
    assert _refusal(_file(other, rows)) == (ExportFault.DECISION_ELSEWHERE, 3)
    foreign = _header(last_decision=_decision(entries[3], terminal=_id(5)))
    assert _refusal(_file(foreign, rows)) == (ExportFault.DECISION_ELSEWHERE, None)


def test_a_key_that_the_hub_never_signed_for_proves_nothing() -> None:
    rows = _rows()
    for certificate in (_certificate(STRANGER), _certificate(terminal=_id(5)), _certificate(public_key="x")):
        assert _refusal(_file(_header(certificate=certificate), rows)) == (ExportFault.CERTIFICATE, None)
    other = _header(public_key=PublicJwk.of(STRANGER.public_bytes))
    assert _refusal(_file(other, rows)) == (ExportFault.CERTIFICATE, None)


def test_a_file_that_is_no_export_is_refused_whatever_its_size() -> None:
    whole = _file(_header(), _rows())
    header, rest = whole.split(b"\n", 1)
    first, after = rest.split(b"\n", 1)
    for broken in (
        b"",
        b"{}\n",
        b"\xff\n",
        header,
        b"x" * 100_000,
        header.replace(b'"v":1', b'"v":2') + b"\n",
    ):
        assert _refusal(broken) == (ExportFault.HEADER, None)
    huge = first[:-1] + b"," + b'"x":"' + b"y" * MAX_LINE + b'"}\n'
    lines = (b"[]\n", b"\n", b'{"jws":7}\n', b'{"jws":"a","jws":"b"}\n', b'{"jws":"a","decision":1}\n', huge)
    for line in lines:
        assert _refusal(header + b"\n" + line + after) == (ExportFault.LINE, 0)
    assert _refusal(whole[:-1]) == (ExportFault.LINE, COUNT - 1)


def test_a_long_journal_is_proven_in_flat_memory() -> None:
    class Endless:
        """A file that is made while it is read."""

        def __init__(self, count: int) -> None:
            rows = (ExportedEntry(entry.jws) for entry in _journal(count))
            self._lines = iter(write_export(_header(), rows))

        def readline(self, limit: int, /) -> bytes:
            return next(self._lines, b"")

    tracemalloc.start()
    try:
        peaks = []
        for count in (200, 2_000):
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            assert prove_export(read_export(Endless(count)), KEYS).entries == count
            peaks.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    assert peaks[1] < 2 * max(peaks[0], 100_000)
