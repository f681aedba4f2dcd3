"""From the press to "approved" on a terminal that knows its line to be down, beside what no terminal could do without.

The terminal is whole and real. The control makes the same three signatures and commits the same rows to the same
tables, with their indexes and triggers, by the driver alone: no rules, no reading back, no status row. The bare commit
writes one row of as many bytes to a table of its own. All three take turns, charge by charge, on one disk.
"""

import sqlite3
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from pysqlite3 import dbapi2

from pos_app.storage.migrations import MIGRATIONS
from shared.clock import SystemClock, to_wire
from shared.ids import IdSource
from shared.journal_entries import (
    AdviceData,
    AdviceReason,
    ChargeData,
    Entry,
    EntryData,
    first_prev,
    make_proof,
    sign_entry,
)
from shared.payment_code import PaymentCode, read_payment_code
from shared.signing import Ed25519Signer, to_base64url
from tests.benchmarks.offline_till import AMOUNT, OfflineTill, enrol
from tests.benchmarks.timing import ROUNDS, Rounds, milliseconds, ratio, timed
from tests.builders.codes_for_pos import CodeMint

NAME: Final = "offline_approval"
LIMIT: Final = 2.0
_A_ROUND: Final = 120
_BEFORE: Final = 60
_SEED: Final = bytes([5]) * 32
_CLAIMS: Final = "c" * 200
"""As long as a charge's claims are as text."""


def run(work: Path) -> dict[str, object]:
    """Measure in turns."""
    mint = CodeMint()
    enrol(work / "terminal", mint)
    ours, control, bare = Rounds(), Rounds(), Rounds()
    same_rows = SameRows(work / "control.db", mint)
    one_row = OneRow(work / "bare.db")
    with OfflineTill(work / "terminal", mint) as till:
        for _ in range(_BEFORE):
            till.approve()
            same_rows.commit(same_rows.code())
            one_row.commit()
        for _ in range(ROUNDS):
            taken: list[tuple[float, float, float]] = []
            for _ in range(_A_ROUND):
                work_of_control = partial(same_rows.commit, same_rows.code())
                taken.append((till.approve(), timed(work_of_control), timed(one_row.commit)))
            for rounds, seconds in zip((ours, control, bare), zip(*taken, strict=True), strict=True):
                rounds.add(seconds)
    same_rows.close()
    one_row.close()
    p99 = ratio(ours, control, 99)
    return {
        "approval": milliseconds(ours.all),
        "control_same_rows_and_signatures": milliseconds(control.all),
        "bare_wal_full_commit": milliseconds(bare.all),
        "p50_to_control": ratio(ours, control, 50),
        "p99_to_control": p99,
        "p99_to_control_at_most_2": p99["all"] <= LIMIT,
        "p50_to_bare_commit": ratio(ours, bare, 50),
        "p99_to_bare_commit": ratio(ours, bare, 99),
    }


class SameRows:
    """The control: charge and advice, signed, chained and committed, and nothing else."""

    def __init__(self, path: Path, mint: CodeMint) -> None:
        """A file with the terminal's schema and an empty journal."""
        self._connection = _open(path)
        for step in MIGRATIONS:
            for statement in step:
                self._connection.execute(statement)
        self._mint = mint
        self._keys = mint.jwks.hub_keys()
        self._clock = SystemClock()
        self._ids = IdSource(self._clock)
        self._signer = Ed25519Signer.from_seed(_SEED)
        self._terminal_id = self._ids.new()
        self._contact = self._clock.now()
        self._seq, self._prev, self._marks = 0, first_prev(self._terminal_id), 0

    def code(self) -> PaymentCode:
        """A code in hand, as after a scan."""
        return read_payment_code(self._mint.code(self._clock.now())[0], self._keys)

    def commit(self, code: PaymentCode) -> None:
        """What a charge approved offline leaves on the disk."""
        at, charge_id, claims = self._clock.now(), self._ids.new(), code.claims
        self._connection.execute("BEGIN IMMEDIATE")
        proof = make_proof(
            code,
            terminal_id=self._terminal_id,
            entry_id=charge_id,
            at=at,
            amount=AMOUNT,
            currency=claims.currency,
        )
        certificate = to_base64url(code.certificate.raw)
        asked = ChargeData(
            amount=AMOUNT,
            currency=claims.currency,
            certificate=certificate,
            proof=proof,
            cashier="cashier",
            shift="0001",
        )
        charge = self._append(charge_id, at, asked, charge_id, "0001")
        self._connection.execute(
            "INSERT INTO charges (id, seq, state, amount, payable, claims, code_ref, cashier, shift, training, at,"
            " approved_at) VALUES (?, ?, 'advised', ?, ?, ?, ?, 'cashier', '0001', 0, ?, ?)",
            (charge_id, charge.seq, AMOUNT, AMOUNT, _CLAIMS, claims.code_ref, to_wire(at), to_wire(at)),
        )
        advised = AdviceData(charge=charge_id, payable=AMOUNT, reason=AdviceReason.OFFLINE, policy=1)
        self._append(self._ids.new(), at, advised, charge_id, None)
        self._marks += 1
        self._connection.execute("UPDATE commit_mark SET number = ?", (self._marks,))
        self._connection.execute("COMMIT")

    def _append(
        self, entry_id: str, at: datetime, data: EntryData, charge_id: str, shift: str | None
    ) -> Entry:
        entry = sign_entry(
            terminal_id=self._terminal_id,
            seq=self._seq,
            prev=self._prev,
            entry_id=entry_id,
            at=at,
            contact=self._contact,
            data=data,
            signer=self._signer,
        )
        row = (entry.seq, entry.id, entry.jws, entry.hash, entry.prev, entry.type_name)
        self._connection.execute(
            "INSERT INTO entries (seq, id, jws, hash, prev, type, at, contact, charge, shift)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, to_wire(at), to_wire(self._contact), charge_id, shift),
        )
        self._seq, self._prev = entry.seq + 1, entry.hash
        return entry

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class OneRow:
    """The least that is durable: a row of as many bytes as an approval has, in WAL with synchronous=FULL."""

    def __init__(self, path: Path) -> None:
        """A file with one table."""
        self._connection = _open(path)
        self._connection.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
        self._text = "t" * 3_000

    def commit(self) -> None:
        """One row."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO texts (text) VALUES (?)", (self._text,))
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _open(path: Path) -> sqlite3.Connection:
    connection: sqlite3.Connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection
