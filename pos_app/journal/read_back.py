"""Reading the journal back and proving it: entries, chain, the columns beside them, and decisions (protocol.md 4).

In pages, each in a transaction of its own, and verified outside it: a journal of a million entries costs no memory, and
holds up nobody who charges meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from pos_app.journal.tables import decisions, entries
from pos_app.storage import Transaction
from shared.clock import to_wire
from shared.journal_entries import (
    BrokenChain,
    ChainEnd,
    Entry,
    InvalidEntry,
    entry_hash,
    verify_decision_on,
    verify_entry,
)
from shared.journal_entries.decision import TYP as DECISION_TYP
from shared.jws import BadSignature, MalformedJws, read_jws
from shared.signing import HubKeys, Verifier

PAGE: Final = 100
_ENTRY = sa.select(*entries.c, decisions.c.jws.label("decision")).outerjoin(
    decisions, decisions.c.seq == entries.c.seq
)
_PAGE = _ENTRY.where(entries.c.seq >= sa.bindparam("first")).order_by(entries.c.seq).limit(PAGE)
_BEFORE = sa.select(entries.c.jws).where(entries.c.seq == sa.bindparam("seq"))
_HEAD = sa.select(sa.func.max(entries.c.seq))
Read = Callable[[Callable[[Transaction], Any]], Any]
"""Runs one piece of work in a transaction of its own and waits for it."""


class JournalDamaged(Exception):
    """The journal does not verify, or its end is missing: nothing may be written after it (faults.md 5)."""

    def __init__(self, seq: int, why: str) -> None:
        """Name the entry and the reason."""
        super().__init__(f"entry {seq}: {why}")
        self.seq = seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Prover:
    """What the proof is made with: the terminal's public key, and the hub's where decisions are proved too.

    Attributes:
        acknowledged: the hub has verified the chain so far; −1 before entry 0.
    """

    terminal_id: str
    verifier: Verifier
    hub_keys: HubKeys | None
    acknowledged: int

    def prove(
        self,
        read: Read,
        from_seq: int = 0,
        between_pages: Callable[[], bool] = lambda: True,
    ) -> int:
        """Prove the journal from `from_seq` on; how many entries.

        `between_pages` may rest; where it returns False the proof ends there, and what came later is not proved.

        Raises:
            JournalDamaged: the first entry that does not hold, or entries that the hub acknowledged are missing.
            StorageError: what `read` raises.
        """
        end = self._begin(read, from_seq)
        while True:
            rows = read(partial(_page, first=end.next_seq))
            for row in rows:
                end = self._follow(end, row)
            if len(rows) < PAGE:
                break
            if not between_pages():
                return end.next_seq - from_seq
        if end.next_seq <= self.acknowledged:
            raise JournalDamaged(end.next_seq, "is missing, though the hub acknowledged it")
        return end.next_seq - from_seq

    def _begin(self, read: Read, from_seq: int) -> ChainEnd:
        if from_seq == 0:
            return ChainEnd.of_terminal(self.terminal_id)
        before = read(lambda tx: tx.execute(_BEFORE, {"seq": from_seq - 1}).scalar())
        if before is None:
            raise JournalDamaged(from_seq - 1, "is missing")
        return ChainEnd(from_seq, entry_hash(before))

    def _follow(self, end: ChainEnd, row: sa.RowMapping) -> ChainEnd:
        try:
            entry = verify_entry(row["jws"], self.terminal_id, self.verifier)
        except (InvalidEntry, MalformedJws, BadSignature, UnicodeEncodeError) as error:
            raise JournalDamaged(end.next_seq, str(error)) from error
        try:
            after = end.follow(entry)
        except BrokenChain as error:
            raise JournalDamaged(error.seq, error.why) from error
        beside = tuple(row[name] for name in ("seq", "id", "hash", "prev", "type", "at", "contact"))
        if beside != _columns_of(entry):
            raise JournalDamaged(entry.seq, "what stands beside it is not what it says")
        if row["decision"] is not None and self.hub_keys is not None:
            self._prove_decision(row["decision"], entry, self.hub_keys)
        return after

    def _prove_decision(self, jws: str, entry: Entry, keys: HubKeys) -> None:
        try:
            # A key that the hub has withdrawn long ago proves nothing any more, and damages nothing.
            if read_jws(jws, DECISION_TYP).kid in keys:
                verify_decision_on(jws, entry, keys)
        except (MalformedJws, BadSignature, UnicodeEncodeError) as error:
            raise JournalDamaged(entry.seq, f"its decision: {error}") from error


def _page(tx: Transaction, first: int) -> Sequence[sa.RowMapping]:
    return tx.execute(_PAGE, {"first": first}).mappings().all()


def head(tx: Transaction) -> int:
    """The last entry's number; −1 before entry 0."""
    found: int | None = tx.execute(_HEAD).scalar()
    return -1 if found is None else found


def _columns_of(entry: Entry) -> tuple[object, ...]:
    at, contact = to_wire(entry.at), to_wire(entry.contact)
    return entry.seq, entry.id, entry.hash, entry.prev, entry.type_name, at, contact
