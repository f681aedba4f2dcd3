"""A long journal made quickly: charges approved offline and settled, as years of use would leave them.

Every entry is chained and signed by the terminal's own key and goes through the journal's own tables, indexes and
triggers, in bulk and without waiting for the disk. What nobody reads in the measurements is short-cut: the codes'
proofs, and the hub's decisions, which have the true form and length and a key that was withdrawn long ago.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pysqlite3 import dbapi2

from pos_app.bootstrap import key_store
from pos_app.storage.database import FILE_NAME
from shared.clock import SystemClock, to_wire
from shared.signing import Signer, to_base64url
from tests.benchmarks.offline_till import settings_of

UNACKNOWLEDGED: Final = 5_000
"""The newest entries, which the hub has not answered: three days offline (faults.md 9)."""
_A_CONTACT: Final = 30
_STEP: Final = timedelta(seconds=8)
_ROWS: Final = 20_000
_AMOUNT: Final = 9_900
_CERTIFICATE: Final = "C" * 280
_PROOF: Final = "P" * 86
_CLAIMS: Final = json.dumps(
    [1_795_000_000, 1_795_000_900, "ab" * 32, "00" * 16, 0, 0, 10_000, 50_000, "TWD", 1234]
)
_DECISION: Final = ".".join(
    to_base64url(part)
    for part in (b'{"alg":"EdDSA","typ":"mps-decision+jws","kid":"0000000000000000"}', bytes(390), bytes(64))
)
_ENTRY: Final = """INSERT INTO entries (seq, id, jws, hash, prev, type, at, contact, charge, shift)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_DECIDED: Final = "INSERT INTO decisions (seq, jws, status, decided_at) VALUES (?, ?, 'completed', ?)"
_CHARGE: Final = """INSERT INTO charges
    (id, seq, state, amount, payable, claims, code_ref, cashier, shift, training, at, approved_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'cashier', '0001', 0, ?, ?)"""


def make(folder: Path, entries: int) -> None:
    """Lengthen an enrolled terminal's journal to `entries`; all but the newest are settled and acknowledged."""
    signer = key_store(settings_of(folder)).load()
    if signer is None:
        raise RuntimeError("no terminal is enrolled here")
    connection: sqlite3.Connection = dbapi2.connect(str(folder / FILE_NAME), isolation_level=None)
    for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "cache_size = -400000"):
        connection.execute(f"PRAGMA {pragma}")
    [(terminal_id, last)] = connection.execute(
        "SELECT json_extract(value, '$'), (SELECT hash FROM entries WHERE seq = 0) FROM hub_facts"
        " WHERE name = 'terminal_id'"
    ).fetchall()
    answered = entries - UNACKNOWLEDGED
    rows = _rows(terminal_id, last, signer, entries, answered)
    while page := list(islice(rows, _ROWS)):
        connection.execute("BEGIN")
        connection.executemany(_ENTRY, [entry for entry, _ in page])
        connection.executemany(_CHARGE, [charge for _, charge in page if charge is not None])
        decided = [(e[0], _DECISION, e[6]) for e, _ in page if e[0] < answered]
        connection.executemany(_DECIDED, decided)
        connection.execute("COMMIT")
        contact = page[-1][0][7]
    facts = (("verified_through", answered - 1), ("contact", contact))
    for name, value in facts:
        connection.execute("UPDATE hub_facts SET value = ? WHERE name = ?", (json.dumps(value), name))
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _rows(
    terminal_id: str, prev: str, signer: Signer, entries: int, answered: int
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...] | None]]:
    """Each entry's row, and the charge's beside its entry."""
    head = to_base64url(f'{{"alg":"EdDSA","typ":"mps-journal+jws","kid":"{terminal_id}"}}'.encode())
    began = SystemClock().now() - _STEP * (entries + 1)
    contact = to_wire(began)
    charge_id = ""
    for seq in range(1, entries):
        is_charge = seq % 2 == 1
        at = _wire(began, seq)
        if seq % (2 * _A_CONTACT) == 1:
            contact = at
        entry_id = _id(seq)
        if is_charge:
            charge_id = entry_id
            kind = "charge"
            data = (
                f'{{"amount":{_AMOUNT},"currency":"TWD","certificate":"{_CERTIFICATE}","proof":"{_PROOF}",'
                '"cashier":"cashier","shift":"0001"}'
            )
        else:
            kind = "advice"
            data = f'{{"charge":"{charge_id}","payable":{_AMOUNT},"reason":"offline","policy":1}}'
        payload = (
            f'{{"v":1,"seq":{seq},"prev":"{prev}","id":"{entry_id}","at":"{at}","contact":"{contact}",'
            f'"type":"{kind}","data":{data}}}'
        )
        signed = f"{head}.{to_base64url(payload.encode())}"
        jws = f"{signed}.{to_base64url(signer.sign(signed.encode()))}"
        own_hash = to_base64url(hashlib.sha256(jws.encode()).digest())
        shift = "0001" if is_charge else None
        entry = (seq, entry_id, jws, own_hash, prev, kind, at, contact, charge_id, shift)
        state = "settled" if seq + 1 < answered else "advised"
        code_ref = f"{seq:032x}"
        charge = (entry_id, seq, state, _AMOUNT, _AMOUNT, _CLAIMS, code_ref, at, at) if is_charge else None
        yield entry, charge
        prev = own_hash


def _wire(began: datetime, seq: int) -> str:
    at = began + _STEP * seq
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _id(seq: int) -> str:
    """A UUIDv7 with the number in it."""
    return f"01936f3a-{seq >> 16 & 0xFFFF:04x}-7{seq & 0xFFF:03x}-8{seq >> 12 & 0xF:03x}-{seq:012x}"
