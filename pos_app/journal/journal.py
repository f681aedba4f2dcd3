"""Appending to the journal and reading from it (protocol.md 4). Everything runs inside a transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import sqlalchemy as sa

from pos_app.journal.charges import has_open
from pos_app.journal.tables import contradicting_decisions, decisions, entries, unsigned_answers
from pos_app.journal.waiting import heard_again
from pos_app.storage import Transaction
from shared.clock import from_wire, to_wire
from shared.journal_entries import (
    ChargeData,
    Decision,
    Entry,
    EntryData,
    ShiftCloseData,
    ShiftOpenData,
    Status,
    first_prev,
    sign_entry,
    verify_entry,
)
from shared.problems import Code
from shared.signing import Ed25519Verifier, Signer, Verifier

_PAGE = 500
_LAST = (
    sa.select(entries.c.seq, entries.c.hash, entries.c.at, entries.c.contact)
    .order_by(entries.c.seq.desc())
    .limit(1)
)
_INSERT = entries.insert()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Where and when the next entry will stand; `floor` is the least `at` that the chain allows it."""

    seq: int
    prev: str
    at: datetime
    contact: datetime
    floor: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The last entry."""

    seq: int
    hash: str
    at: datetime
    contact: datetime


class Stored(Enum):
    """What became of a decision: new, repeated byte for byte, or another one than is kept."""

    NEW = "new"
    SAME = "same"
    CONTRADICTING = "contradicting"


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
        row = {
            "seq": entry.seq,
            "id": entry.id,
            "jws": entry.jws,
            "hash": entry.hash,
            "prev": entry.prev,
            "type": entry.type_name,
            "at": to_wire(entry.at),
            "contact": to_wire(entry.contact),
            "charge": charge,
            "shift": shift,
        }
        tx.execute(_INSERT, row)
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
        at = max(now, contact)
        return Stamp(seq=0, prev=first_prev(terminal_id), at=at, contact=contact, floor=contact)
    newest = last.contact if has_open(tx) else max(contact, last.contact)
    floor = newest if newest > last.contact else last.at
    return Stamp(seq=last.seq + 1, prev=last.hash, at=max(now, floor), contact=newest, floor=floor)


def tail(tx: Transaction) -> Tail | None:
    """The end of the journal; None before entry 0."""
    row = tx.execute(_LAST).first()
    if row is None:
        return None
    return Tail(seq=row.seq, hash=row.hash, at=from_wire(row.at), contact=from_wire(row.contact))


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


def store_decision(
    tx: Transaction, decision: Decision, jws: str, reversal_tx_no: str | None, heard_at: datetime
) -> Stored:
    """Keep the hub's word, written once: the same again changes nothing, and another is kept beside it for a person."""
    known = decision_of(tx, decision.seq)
    code = decision.code.value if decision.code else None
    if known is None:
        tx.execute(
            decisions.insert().values(
                seq=decision.seq,
                jws=jws,
                status=decision.status.value,
                code=code,
                decided_at=to_wire(decision.decided_at),
                reversal_tx_no=reversal_tx_no,
            )
        )
        tx.execute(unsigned_answers.delete().where(unsigned_answers.c.seq == decision.seq))
        return Stored.NEW
    heard_again(tx, decision.seq)
    if known == jws:
        return Stored.SAME
    values = {"seq": decision.seq, "jws": jws, "status": decision.status.value, "code": code}
    values |= {"heard_at": to_wire(heard_at)}
    tx.execute(contradicting_decisions.insert().prefix_with("OR IGNORE").values(values))
    return Stored.CONTRADICTING


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
