"""Appending to the journal and reading it back (protocol.md 4). Everything but `verify` runs inside a transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pos_app.journal.charges import has_open
from pos_app.journal.tables import decisions, entries, unsigned_answers
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire
from shared.journal_entries import (
    BrokenChain,
    ChainEnd,
    ChargeData,
    Decision,
    Entry,
    EntryData,
    ShiftCloseData,
    ShiftOpenData,
    Status,
    first_prev,
    sign_entry,
    verify_chain,
    verify_entry,
)
from shared.problems import Code
from shared.signing import Ed25519Verifier, Signer, Verifier

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Where and when the next entry will stand."""

    seq: int
    prev: str
    at: datetime
    contact: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The last entry."""

    seq: int
    hash: str
    at: datetime
    contact: datetime


class JournalDamaged(Exception):
    """The journal does not verify, or its end is missing: nothing may be written after it (faults.md 5)."""

    def __init__(self, seq: int, why: str) -> None:
        """Name the entry and the reason."""
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq


class Journal:
    """One terminal's journal; signs what it appends."""

    def __init__(self, terminal_id: str, signer: Signer) -> None:
        """`signer` holds the terminal's key."""
        self.terminal_id = terminal_id
        self._signer = signer
        self.verifier: Verifier = Ed25519Verifier(signer.public_bytes)

    def stamp(self, tx: Transaction, now: datetime, contact: datetime) -> Stamp:
        """Number, link and times of the next entry; see `next_stamp`."""
        return next_stamp(tx, self.terminal_id, now, contact)

    def append(
        self, tx: Transaction, stamp: Stamp, entry_id: str, data: EntryData, charge: str | None = None
    ) -> Entry:
        """Sign and insert; durable once the transaction is committed.

        `charge` is the id of the charge that the entry is, or is about.

        Raises:
            InvalidEntry: over 4,096 characters.
        """
        entry = sign_entry(
            terminal_id=self.terminal_id,
            seq=stamp.seq,
            prev=stamp.prev,
            entry_id=entry_id,
            at=stamp.at,
            contact=stamp.contact,
            data=data,
            signer=self._signer,
        )
        shift = data.shift if isinstance(data, ChargeData | ShiftOpenData | ShiftCloseData) else None
        tx.execute(
            entries.insert().values(
                seq=entry.seq,
                id=entry.id,
                jws=entry.jws,
                hash=entry.hash,
                prev=entry.prev,
                type=entry.type_name,
                at=to_wire(entry.at),
                contact=to_wire(entry.contact),
                charge=charge,
                shift=shift,
            )
        )
        return entry

    def entry(self, tx: Transaction, seq: int) -> Entry:
        """An entry as it was signed."""
        jws = tx.execute(sa.select(entries.c.jws).where(entries.c.seq == seq)).scalar_one()
        return verify_entry(jws, self.terminal_id, self.verifier)


def next_stamp(tx: Transaction, terminal_id: str, now: datetime, contact: datetime) -> Stamp:
    """Number, link and times of the next entry.

    `now` is the estimate of hub time, `contact` the newest one known. While a charge has no decision, advice or
    reversal, its `contact` is kept by all that follows (contact never decreases along the chain); `at` falls back
    to a newer `contact` at most, and else not at all.
    """
    last = tail(tx)
    if last is None:
        return Stamp(seq=0, prev=first_prev(terminal_id), at=max(now, contact), contact=contact)
    newest = last.contact if has_open(tx) else max(contact, last.contact)
    earliest = newest if newest > last.contact else last.at
    return Stamp(seq=last.seq + 1, prev=last.hash, at=max(now, earliest), contact=newest)


def tail(tx: Transaction) -> Tail | None:
    """The end of the journal; None before entry 0."""
    row = tx.execute(sa.select(entries).order_by(entries.c.seq.desc()).limit(1)).mappings().first()
    if row is None:
        return None
    return Tail(seq=row["seq"], hash=row["hash"], at=from_wire(row["at"]), contact=from_wire(row["contact"]))


def verify(
    tx: Transaction, terminal_id: str, verifier: Verifier, from_seq: int = 0, acknowledged: int = -1
) -> int:
    """Read back and prove the chain from `from_seq` on; the number of entries proved.

    Raises:
        JournalDamaged: an entry does not verify, or entries up to `acknowledged` are missing.
    """
    start: ChainEnd | None = None
    if from_seq > 0:
        before = tx.execute(sa.select(entries.c.hash).where(entries.c.seq == from_seq - 1)).scalar()
        if before is None:
            raise JournalDamaged(from_seq - 1, "is missing")
        start = ChainEnd(from_seq, before)
    proved = 0
    try:
        for _ in verify_chain(texts(tx, from_seq), terminal_id, verifier, start):
            proved += 1
    except BrokenChain as error:
        raise JournalDamaged(error.seq, error.why) from error
    if from_seq + proved <= acknowledged:
        raise JournalDamaged(from_seq + proved, "is missing, though the hub acknowledged it")
    return proved


def texts(tx: Transaction, from_seq: int = 0) -> Iterator[str]:
    """The entries' compact texts in order; read in pages, so that memory stays flat."""
    for jws, _ in exported(tx, from_seq):
        yield jws


def exported(tx: Transaction, from_seq: int = 0) -> Iterator[tuple[str, str | None]]:
    """Each entry's compact text with its decision's, where there is one."""
    first = from_seq
    while True:
        rows = tx.execute(
            sa.select(entries.c.seq, entries.c.jws, decisions.c.jws)
            .outerjoin(decisions, decisions.c.seq == entries.c.seq)
            .where(entries.c.seq >= first)
            .order_by(entries.c.seq)
            .limit(_PAGE)
        ).all()
        for _, jws, decision in rows:
            yield jws, decision
        if len(rows) < _PAGE:
            return
        first = rows[-1][0] + 1


def store_decision(tx: Transaction, decision: Decision, jws: str, reversal_tx_no: str | None) -> bool:
    """Keep the hub's word; False if it is there already (it is repeated byte for byte)."""
    if decision_of(tx, decision.seq) is not None:
        return False
    tx.execute(
        decisions.insert().values(
            seq=decision.seq,
            jws=jws,
            status=decision.status.value,
            code=decision.code.value if decision.code else None,
            decided_at=to_wire(decision.decided_at),
            reversal_tx_no=reversal_tx_no,
        )
    )
    tx.execute(unsigned_answers.delete().where(unsigned_answers.c.seq == decision.seq))
    return True


def decision_of(tx: Transaction, seq: int) -> str | None:
    """The stored decision on an entry."""
    return tx.execute(sa.select(decisions.c.jws).where(decisions.c.seq == seq)).scalar()


def note_unsigned(tx: Transaction, seq: int, status: Status, code: Code | None, at: datetime) -> None:
    """Remember the newest unsigned answer on an entry."""
    tx.execute(unsigned_answers.delete().where(unsigned_answers.c.seq == seq))
    tx.execute(
        unsigned_answers.insert().values(
            seq=seq, status=status.value, code=code.value if code else None, answered_at=to_wire(at)
        )
    )
