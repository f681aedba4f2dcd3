"""Huge and malformed codes, entries, decisions, JSON and pictures: each is refused as such, in bounded time and memory.

A seeded fuzz: what a case was can be had again from its number. A reader may raise what its docstring names, nothing
else; and nothing that was changed may pass for what it was.
"""

import random
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import base45
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from pos_app.devices.camera import PictureFault, PictureRefused, scan_file
from shared.api.journal import JournalRequest, JournalResponse
from shared.clock import SystemClock
from shared.ids import IdSource
from shared.journal_entries import (
    Decision,
    GenesisData,
    InvalidEntry,
    Status,
    first_prev,
    sign_decision,
    sign_entry,
    verify_decision,
    verify_entry,
)
from shared.jws import BadSignature, MalformedJws
from shared.payment_code import InvalidPaymentCode, read_payment_code
from shared.signing import Ed25519Signer, Jwks, PublicJwk, from_base64url, to_base64url
from shared.strict_json import loads_object
from tests.builders.codes import qr_pixels
from tests.builders.codes_for_pos import CodeMint

CASES: Final = 1_500
SEED: Final = 20_261_122
_MB: Final = 1 << 20
_PREFIX: Final = "MPS1:"
_TERMINAL: Final = "0199a000-0000-7000-8000-000000000001"


def test_no_changed_payment_code_is_read_and_none_breaks_the_reader() -> None:
    mint = CodeMint()
    text, claims = mint.code(SystemClock().now())
    keys = mint.jwks.hub_keys()
    assert read_payment_code(text, keys).claims == claims
    whole = base45.b45decode(text.removeprefix(_PREFIX))
    for number in range(CASES):
        chance = random.Random(SEED + number)
        data = _spoilt(whole, chance)
        case = _PREFIX + base45.b45encode(data).decode("ascii") if number % 3 else _scrawled(text, chance)
        if case == text:
            continue
        with pytest.raises(InvalidPaymentCode):
            read_payment_code(case, keys)
    assert read_payment_code(text, keys).claims == claims


def test_a_huge_code_is_refused_by_its_length_before_it_is_decoded() -> None:
    keys = CodeMint().jwks.hub_keys()
    huge = _PREFIX + "A" * (2 * _MB)
    assert _peak_of(lambda: _refused(InvalidPaymentCode, lambda: read_payment_code(huge, keys))) < _MB


def test_no_changed_entry_or_decision_is_believed_and_none_breaks_its_reader() -> None:
    signer, hub = Ed25519Signer.generate(), Ed25519Signer.generate()
    clock = SystemClock()
    now = clock.now()
    entry = sign_entry(
        terminal_id=_TERMINAL,
        seq=0,
        prev=first_prev(_TERMINAL),
        entry_id=IdSource(clock).new(),
        at=now,
        contact=now,
        data=GenesisData(terminal_id=_TERMINAL, app_version="1.0.0"),
        signer=signer,
    )
    told = Decision(
        terminal=_TERMINAL,
        seq=0,
        id=entry.id,
        entry=entry.hash,
        status=Status.ACCEPTED,
        code=None,
        tx_no=None,
        card_ref=None,
        payable=None,
        rate=None,
        points_earned=None,
        decided_at=now,
    )
    decision = sign_decision(told, hub)
    verifier = PublicJwk.of(signer.public_bytes).verifier()
    keys = Jwks(keys=(PublicJwk.of(hub.public_bytes),)).hub_keys()
    assert verify_decision(decision, keys) == told
    for number in range(CASES):
        chance = random.Random(SEED + number)
        for text, read in (
            (entry.jws, lambda jws: verify_entry(jws, _TERMINAL, verifier)),
            (decision, lambda jws: verify_decision(jws, keys)),
        ):
            case = _changed_jws(text, chance) if number % 2 else _scrawled(text, chance)
            if case == text:
                continue
            with pytest.raises((InvalidEntry, MalformedJws, BadSignature)):
                read(case)


def test_malformed_json_is_refused_and_deep_or_huge_json_breaks_nothing() -> None:
    request = b'{"entries":[{"jws":"a.b.c"}]}'
    answer = b'{"results":[],"verified_through":0,"hub_time":"2026-11-22T10:00:00.000Z","incarnation":"i"}'
    cases = [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"a":1,"a":2}',
        b'{"a":1e999}',
        b'{"a":NaN}',
        b'{"n":' + b"9" * 5_000 + b"}",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"a":"\xed\xa0\x80"}',
        b"",
        b"null",
    ]
    cases += [_spoilt(request, random.Random(SEED + number)) for number in range(CASES)]
    for case in cases:
        for read in (loads_object, JournalRequest.model_validate_json, JournalResponse.model_validate_json):
            _returns_or(ValueError, ValidationError, read=lambda: read(case))  # noqa: B023 — called at once
    assert JournalRequest.model_validate_json(request)
    assert JournalResponse.model_validate_json(answer)
    for case in cases[:11]:
        with pytest.raises(ValueError):
            loads_object(case)


def test_a_spoilt_picture_is_refused_or_read_and_breaks_nothing(tmp_path: Path) -> None:
    text, _ = CodeMint().code(SystemClock().now())
    good = tmp_path / "good.png"
    Image.fromarray(qr_pixels(text, 3)).save(good)
    assert scan_file(good).texts == (text,)
    whole = good.read_bytes()
    spoilt = tmp_path / "spoilt.png"
    for number in range(60):
        spoilt.write_bytes(_spoilt(whole, random.Random(SEED + number)))
        read = _returns_or(PictureRefused, read=lambda: scan_file(spoilt).texts)
        assert read in (None, (), (text,)), number


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    # The second is one that the library behind would unpack without a word.
    for width, height in ((60_000, 60_000), (15_000, 11_000)):
        bomb = tmp_path / f"{width}.png"
        bomb.write_bytes(_png_header_of(width, height))
        with pytest.raises(PictureRefused) as refused:
            scan_file(bomb)
        assert refused.value.fault is PictureFault.TOO_LARGE
    long = tmp_path / "long.bmp"
    with long.open("wb") as file:
        file.truncate(40 * _MB)
    _refused(PictureRefused, lambda: scan_file(long))


def test_a_qr_code_of_the_largest_size_that_holds_no_payment_code_is_refused(tmp_path: Path) -> None:
    largest = "MPS1:" + "A" * 4_000
    file = tmp_path / "largest.png"
    Image.fromarray(np.asarray(qr_pixels(largest, 4, correction=1), dtype=np.uint8)).save(file)
    texts = scan_file(file).texts
    assert texts == (largest,)
    _refused(InvalidPaymentCode, lambda: read_payment_code(texts[0], CodeMint().jwks.hub_keys()))


def _spoilt(data: bytes, chance: random.Random) -> bytes:
    """Bits flipped, bytes put in or taken out, the tail cut or doubled: always other than it was."""
    changed = bytearray(data)
    while bytes(changed) == data:
        place = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                del changed[place:]
            case 2:
                changed[place:place] = chance.randbytes(chance.randint(1, 8))
            case 3:
                changed += chance.randbytes(chance.randint(1, 64))
            case _:
                changed[place : place + 4] = struct.pack(">I", chance.randrange(1 << 32))
        changed = changed or bytearray(b"\0")
    return bytes(changed)


def _scrawled(text: str, chance: random.Random) -> str:
    """Characters of any kind put over some of it."""
    letters = list(text)
    for _ in range(chance.randint(1, 6)):
        letters[chance.randrange(len(letters))] = chance.choice("A0 :$%\0é付😀\ud800._-=")
    return "".join(letters)


def _changed_jws(text: str, chance: random.Random) -> str:
    """One of the three parts changed beneath its base64url."""
    parts = text.split(".")
    which = chance.randrange(len(parts))
    parts[which] = to_base64url(_spoilt(from_base64url(parts[which]), chance))
    return ".".join(parts)


def _returns_or(*refusals: type[Exception], read: Callable[[], Any]) -> Any:
    try:
        return read()
    except refusals:
        return None


def _refused(refusal: type[Exception], read: Callable[[], Any]) -> None:
    with pytest.raises(refusal):
        read()


def _peak_of(work: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work()
        _, peak = tracemalloc.get_traced_memory()
        return peak - before
    finally:
        tracemalloc.stop()


def _png_header_of(width: int, height: int) -> bytes:
    """A PNG whose head promises that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(64)))
