"""Read everything that a batch needs, under the terminal's lock and then its cards', and lay it on the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.audit import Actor
from hub_server.charging import LockedWorld, WorkingCopy, read_world
from hub_server.foundation.storage import Connection
from hub_server.journal_intake.desk import AdviceSeen, Desk
from hub_server.journal_intake.facts import NamedCharges, TerminalFacts
from hub_server.journal_intake.incoming import Incoming, read_incoming
from hub_server.journal_intake.queries import (
    EntryRow,
    TerminalRow,
    advices_under,
    chain_from,
    charges_with_codes,
    entries_about,
    entries_at,
    fork_decisions,
    latest_stamp_before,
    pending_through,
)
from hub_server.journal_intake.read_named import read_named
from hub_server.journal_intake.recall import lost_codes
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from hub_server.merchants import MerchantStatus, policies_at
from hub_server.payment_codes import recall_codes
from hub_server.staff import PostClaim, managers_at
from hub_server.terminals import TerminalStatus, suspended_at, was_in_contact
from hub_server.transactions import (
    TransactionRow,
    points_clawed_back,
    taken_numbers,
    transactions_by_entry,
    transactions_by_id,
)
from shared.problems import Code, Refusal
from shared.signing import Ed25519Verifier

CHAIN_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was read.

    Attributes:
        stored: entries that the batch repeats or that stand beside its own, by number.
        forks: stored refusals of forked entries, by hash.
        through: how far the chain will reach if every new entry is stored.
    """

    terminal: TerminalRow
    desk: Desk
    locked: LockedWorld
    stored: dict[int, EntryRow]
    forks: dict[str, str]
    through: int


def read_batch(
    connection: Connection,
    tools: IntakeTools,
    terminal: TerminalRow,
    incoming: Sequence[Incoming],
    now: datetime,
    again: frozenset[int] = frozenset(),
) -> Batch:
    """Read all rows at once; the caller holds the terminal's lock, the cards' are taken here.

    `again`: numbers of stored entries that are judged as if they had been sent again.
    """
    reader = _Reader(connection, tools, terminal)
    stored = reader.stored_near(incoming, again)
    hashes = {item.entry.hash for item in incoming}
    known = {row.seq for row in stored} | {row.entry_id for row in stored}
    new = [item for item in incoming if item.entry.seq not in known and item.entry.id not in known]
    through = chain_reach(
        connection, terminal.terminal_id, terminal.verified_through, {item.entry.seq for item in new}
    )
    reader.gather(new, incoming, [row for row in stored if row.seq in again or row.hash in hashes], through)
    reader.name_charges(new)
    reader.recall_codes(new, now)
    locked, transactions = reader.lock_and_read_money(new)
    advised = reader.to_be_settled(new)
    contacts = sorted({item.entry.contact for item in advised})
    originals = [row.id for row in transactions if row.original_id is None]
    desk = Desk(
        facts=_facts(
            connection,
            terminal,
            contacts,
            claims=reader.approvals(new),
            first_place=reader.first_place(new, advised),
        ),
        copy=WorkingCopy(locked.world),
        now=now,
        new_id=tools.ids.new,
        tracks=reader.tracks.values(),
        transactions=transactions,
        clawed_back=points_clawed_back(connection, originals),
        advices=[
            AdviceSeen(seq=row.seq, contact=row.contact, payable=row.payable, is_settled=row.status.is_signed)
            for row in advices_under(connection, terminal.terminal_id, contacts)
        ],
        named=reader.named,
        through=through,
        taken_numbers=reader.taken_numbers(new),
    )
    return Batch(
        terminal=terminal,
        desk=desk,
        locked=locked,
        stored={row.seq: row for row in stored},
        forks=fork_decisions(connection, terminal.terminal_id, sorted(hashes)),
        through=through,
    )


def chain_reach(connection: Connection, terminal_id: str, through: int, arriving: set[int]) -> int:
    """The end of the unbroken chain with those entries added."""
    if through + 1 not in arriving:
        return through
    stored: set[int] = set()
    while True:
        while through + 1 in arriving or through + 1 in stored:
            through += 1
        page = chain_from(connection, terminal_id, through + 1, CHAIN_PAGE)
        if not page or page[0] != through + 1:
            return through
        stored = set(page)


class _Reader:
    """Turns stored rows into tracks, each once."""

    def __init__(self, connection: Connection, tools: IntakeTools, terminal: TerminalRow) -> None:
        self._connection = connection
        self._tools = tools
        self._terminal = terminal
        self._terminal_id = terminal.terminal_id
        self._store_id = terminal.store_id
        self._verifier = Ed25519Verifier(terminal.public_key)
        self._at_hand: dict[str, Incoming] = {}
        self.tracks: dict[str, Track] = {}
        self.named = NamedCharges()

    def stored_near(self, incoming: Sequence[Incoming], again: frozenset[int]) -> list[EntryRow]:
        """What is stored under the same numbers or ids, and right beside them."""
        seqs = {item.entry.seq + step for item in incoming for step in (-1, 0, 1)} | again
        ids = [item.entry.id for item in incoming]
        return entries_at(self._connection, self._terminal_id, sorted(seqs), ids)

    def gather(
        self,
        new: Sequence[Incoming],
        incoming: Sequence[Incoming],
        asked_again: Sequence[EntryRow],
        through: int,
    ) -> None:
        """Every stored entry that the new ones, or those that waited for them, have to do with."""
        self._at_hand = {item.entry.hash: item for item in incoming}
        self._keep(asked_again)
        passed = self._terminal.verified_through
        waiting = pending_through(self._connection, self._terminal_id, through, passed)
        charge_ids = {charge_id for item in new if (charge_id := item.charge_id) is not None}
        charge_ids |= {row.charge_id for row in waiting if row.charge_id is not None}
        refunds = [track for track in self.tracks.values() if track.is_refund and track.is_open]
        charge_ids |= {track.charge_id for track in refunds if track.charge_id is not None}
        self._keep(waiting)
        self._keep(entries_about(self._connection, self._terminal_id, sorted(charge_ids)))
        self._keep_other_uses(new)

    def name_charges(self, new: Sequence[Incoming]) -> None:
        """What refunds that are to be judged name besides the terminal's own charges."""
        waiting = [track.incoming for track in self.tracks.values() if track.is_refund and track.is_open]
        own_ids = self.tracks.keys() | {item.entry.id for item in new}
        self.named = read_named(self._connection, self._terminal, [*new, *waiting], own_ids)

    def _keep_other_uses(self, new: Sequence[Incoming]) -> None:
        """Charges of this terminal with the same codes: only an advice asks for them."""
        advised = {item.charge_id for item in new if item.is_advice}
        advised |= {track.charge_id for track in self.tracks.values() if track.is_advice and track.is_open}
        charges = [item for item in new if item.entry.id in advised]
        charges += [track.incoming for track in self.tracks.values() if track.id in advised]
        refs = sorted({item.claims.code_ref for item in charges if item.claims is not None})
        others = charges_with_codes(self._connection, self._terminal_id, refs)
        missing = sorted(set(others) - self.tracks.keys())
        self._keep(entries_about(self._connection, self._terminal_id, missing))

    def _keep(self, rows: Iterable[EntryRow]) -> None:
        for row in rows:
            if row.entry_id not in self.tracks:
                self.tracks[row.entry_id] = self._track(row)

    def _track(self, row: EntryRow) -> Track:
        incoming = self._at_hand.get(row.hash)
        if incoming is None or (incoming.brought is None and row.brought_decision is not None):
            read = read_incoming(
                row.jws, self._terminal_id, self._verifier, self._tools.verifiers, row.brought_decision
            )
            if not isinstance(read, Incoming):
                raise TypeError(f"entry {row.seq} was stored and does not verify: {read.detail}")
            incoming = read
        return Track(
            incoming=incoming,
            received_at=row.received_at,
            status=row.status,
            refusal=Refusal(Code(row.code), row.detail or "") if row.code else None,
            decision=row.decision,
            decided_at=row.decided_at,
            transaction_id=row.transaction_id,
            reversal_tx_no=row.reversal_tx_no,
            is_new=False,
            brought=incoming.brought,
        )

    def recall_codes(self, new: Sequence[Incoming], now: datetime) -> None:
        """Record codes that this hub signed and lost, before their cards are locked."""
        entries = [*new, *(track.incoming for track in self.tracks.values() if not track.is_settled)]
        advices = self.to_be_settled(new)
        advised = {item.charge_id for item in advices}
        entries += [track.incoming for track in self.tracks.values() if track.id in advised]
        lost = lost_codes(self._connection, self._tools, entries, advices)
        if lost:
            actor = Actor("terminal", self._terminal_id)
            recall_codes(self._connection, lost, at=now, actor=actor)

    def taken_numbers(self, new: Sequence[Incoming]) -> frozenset[str]:
        """Numbers of brought decisions that are some transaction's already."""
        brought = [item.brought for item in new]
        brought += [track.brought for track in self.tracks.values() if not track.is_settled]
        numbers = {told.decision.tx_no for told in brought if told is not None}
        return taken_numbers(self._connection, sorted(number for number in numbers if number is not None))

    def lock_and_read_money(self, new: Sequence[Incoming]) -> tuple[LockedWorld, list[TransactionRow]]:
        """Cards are locked by what never changes, then everything about money is read under the locks."""
        moved = self._transactions()
        claims = [item.claims for item in new] + [track.incoming.claims for track in self.tracks.values()]
        locked = read_world(
            self._connection,
            self._tools.money,
            code_refs={claim.code_ref for claim in claims if claim is not None},
            card_ids={row.card_id for row in moved},
            charged_at=[item.entry.at for item in new if _may_be_alive(item)],
        )
        return locked, self._transactions() if moved else moved

    def _transactions(self) -> list[TransactionRow]:
        ids = {track.transaction_id for track in self.tracks.values() if track.transaction_id}
        ids |= set(self.named.by_number.values())
        ids |= {charge.transaction_id for charge in self.named.elsewhere.values() if charge.transaction_id}
        found = transactions_by_id(self._connection, sorted(ids))
        reversals = [track.id for track in self.tracks.values() if track.is_reversal]
        undone = transactions_by_entry(self._connection, self._terminal_id, reversals)
        for entry_id, row in undone.items():
            self.tracks[entry_id].reversal_id = row.id
        # In the order in which they came about, so that a charge stands before what undid it.
        return sorted([*found.values(), *undone.values()], key=lambda row: row.id)

    def to_be_settled(self, new: Sequence[Incoming]) -> list[Incoming]:
        """Advices that may be settled now, new ones and those that waited."""
        waiting = [track.incoming for track in self.tracks.values() if track.is_advice and track.is_open]
        return [item for item in new if item.is_advice] + waiting

    def first_place(self, new: Sequence[Incoming], advised: Sequence[Incoming]) -> int:
        """The least number among those advices and their charges, which may have come with them."""
        charge_ids = {item.charge_id for item in advised}
        items = [*new, *(track.incoming for track in self.tracks.values())]
        charges = [item.entry.seq for item in items if item.entry.id in charge_ids]
        return min([item.entry.seq for item in advised] + charges, default=0)

    def approvals(self, new: Sequence[Incoming]) -> set[PostClaim]:
        """Who is said to have approved something as a manager, and at which contact."""
        items = [*new, *(track.incoming for track in self.tracks.values())]
        return {
            PostClaim(item.approved_by, self._store_id, item.entry.contact)
            for item in items
            if item.approved_by is not None
        }


def _may_be_alive(charge: Incoming) -> bool:
    """A charge at whose time its code may have been good: what it is charged counts in that day."""
    claims, at = charge.claims, charge.entry.at
    return claims is not None and claims.issued_at - timedelta(days=1) <= at <= claims.expires_at


def _facts(
    connection: Connection,
    terminal: TerminalRow,
    contacts: Sequence[datetime],
    *,
    claims: set[PostClaim],
    first_place: int,
) -> TerminalFacts:
    policies = policies_at(connection, terminal.merchant_id, contacts)
    skew = timedelta(seconds=policies[-1].policy.skew_s)
    in_contact = was_in_contact(connection, terminal.terminal_id, contacts, skew) if contacts else ()
    return TerminalFacts(
        terminal_id=terminal.terminal_id,
        merchant_id=terminal.merchant_id,
        store_id=terminal.store_id,
        terminal_is_active=terminal.status == TerminalStatus.ACTIVE.value,
        merchant_is_active=terminal.merchant_status == MerchantStatus.ACTIVE.value,
        policies=tuple(policies),
        manager_claims=frozenset(managers_at(connection, claims)),
        suspended_contacts=suspended_at(connection, terminal.terminal_id, terminal.merchant_id, contacts),
        latest_stamp=latest_stamp_before(connection, terminal.terminal_id, first_place) if contacts else None,
        plausible_contacts=frozenset(in_contact),
    )
