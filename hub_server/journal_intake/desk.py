"""The desk on which one terminal's batch is judged: rows as they were read, evolving until they are written."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hub_server.charging import Leg, WorkingCopy
from hub_server.journal_intake.facts import NamedCharges, TerminalFacts
from hub_server.journal_intake.track import Track
from hub_server.refunding import after_refund
from hub_server.transactions import TransactionRow, TransactionStatus
from shared.journal_entries import AdviceData, ShiftCloseData, ShiftOpenData, Status
from shared.offline_rules import OfflineSpending
from shared.problems import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceSeen:
    """An advice of this terminal under some contact: what it adds to the offline spending."""

    seq: int
    contact: datetime
    payable: int
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What one transaction writes besides its own row; `points_before` is the card's before it."""

    transaction_id: str
    legs: tuple[Leg, ...]
    points_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something for a person: an alert's kind, subject and detail."""

    kind: str
    subject: str
    detail: dict[str, object] = field(default_factory=dict)


class Desk:
    """Working state of one batch. Nothing outside is touched; what is to be written is left here."""

    def __init__(
        self,
        *,
        facts: TerminalFacts,
        copy: WorkingCopy,
        now: datetime,
        new_id: Callable[[], str],
        tracks: Iterable[Track] = (),
        transactions: Iterable[TransactionRow] = (),
        clawed_back: dict[str, int] | None = None,
        advices: Iterable[AdviceSeen] = (),
        named: NamedCharges | None = None,
        through: int = -1,
        taken_numbers: Collection[str] = (),
    ) -> None:
        """`tracks`: stored entries that matter to the batch; `clawed_back`: points by charge transaction.

        `through`: how far the chain reaches with the batch; `taken_numbers`: those that brought decisions name and
        that transactions have already.
        """
        self.facts = facts
        self.copy = copy
        self.now = now
        self.new_id = new_id
        self.is_suspended = not (facts.terminal_is_active and facts.merchant_is_active)
        self.tracks: dict[str, Track] = {}
        self._through = through
        self.named = named or NamedCharges()
        self.taken_numbers = frozenset(taken_numbers)
        self._by_seq: dict[int, Track] = {}
        self._about: dict[str, list[Track]] = {}
        self._refunds_of: dict[str, list[Track]] = {}
        self._by_code: dict[str, list[Track]] = {}
        self.transactions: dict[str, TransactionRow] = {row.id: row for row in transactions}
        self.movements: list[Movement] = []
        self._made_again: dict[str, str] = {}
        self.changed_charges: set[str] = set()
        self.frozen_cards: list[tuple[str, str]] = []
        self.alarms: list[Alarm] = []
        self._clawed_back = dict(clawed_back or {})
        self._advices = {(seen.contact, seen.seq): seen for seen in advices}
        self._charged = {
            row.entry_id: row.id
            for row in self.transactions.values()
            if row.entry_id and row.original_id is None and row.terminal_id == facts.terminal_id
        }
        for track in tracks:
            self.place(track)

    @contextmanager
    def ignoring_suspension(self) -> Iterator[None]:
        """Judge as though neither the terminal nor its merchant were, or had been, suspended: a person's word."""
        facts, is_suspended = self.facts, self.is_suspended
        self.facts, self.is_suspended = replace(facts, suspended_contacts=frozenset()), False
        yield
        self.facts, self.is_suspended = facts, is_suspended

    def place(self, track: Track) -> None:
        """Lay an entry on the desk, so that others can refer to it."""
        self.tracks[track.id] = track
        self._by_seq[track.seq] = track
        data, claims = track.incoming.data, track.incoming.claims
        if claims is not None:
            self._by_code.setdefault(claims.code_ref, []).append(track)
        if not track.incoming.is_charge and track.charge_id is not None:
            kin = self._refunds_of if track.is_refund else self._about
            kin.setdefault(track.charge_id, []).append(track)
        if isinstance(data, AdviceData) and track.is_new:
            entry = track.incoming.entry
            key = (entry.contact, entry.seq)
            self._advices[key] = AdviceSeen(
                seq=entry.seq, contact=entry.contact, payable=data.payable, is_settled=False
            )

    def withdraw(self, track: Track) -> None:
        """Take an entry off again that is neither decided nor stored (SERVICE_SUSPENDED)."""
        del self.tracks[track.id]
        del self._by_seq[track.seq]
        claims = track.incoming.claims
        if claims is not None:
            self._by_code[claims.code_ref].remove(track)

    def about(self, charge_id: str) -> list[Track]:
        """Advices and reversals of a charge, in the order of the journal."""
        return sorted(self._about.get(charge_id, ()), key=lambda track: track.seq)

    def refunds_of(self, charge_id: str | None) -> list[Track]:
        """Refunds that name the charge, in the order of the journal."""
        return sorted(self._refunds_of.get(charge_id or "", ()), key=lambda track: track.seq)

    def standing_reversal(self, charge_id: str) -> Track | None:
        """The reversal that ended the charge: the one that moved money before those that followed it."""
        ended = [t for t in self.about(charge_id) if t.is_reversal and t.status is Status.REVERSED]
        return min(ended, key=lambda track: (track.reversal_id is None, track.seq), default=None)

    def reversal_tx_no(self, track: Track) -> str | None:
        """The number of what undid the charge."""
        return self.transactions[track.reversal_id].tx_no if track.reversal_id else track.reversal_tx_no

    def charge_of(self, track: Track) -> Track | None:
        """The charge that an entry is about, once it has come.

        Raises:
            NotItsCharge: what it names is no charge, or stands after it.
        """
        charge = self.tracks.get(track.charge_id or "")
        if charge is None:
            return None
        if not charge.incoming.is_charge or charge.seq > track.seq:
            raise NotItsCharge
        return charge

    def transaction_of(self, charge_id: str) -> TransactionRow | None:
        """What the charge moved, whether or not it was reversed."""
        transaction_id = self._charged.get(charge_id)
        return self.transactions[transaction_id] if transaction_id else None

    def transaction_by_number(self, tx_no: str) -> TransactionRow | None:
        """The merchant's transaction of that number, one that was just made again too."""
        transaction_id = self.named.by_number.get(tx_no) or self._made_again.get(tx_no)
        return self.transactions[transaction_id] if transaction_id else None

    def clawed_back(self, charged: TransactionRow) -> int:
        """Points of a charge that were taken back already."""
        return self._clawed_back.get(charged.id, 0)

    def points_left(self, charged: TransactionRow) -> int:
        """What is left of the points that a charge earned."""
        return max(0, charged.points_earned - self.clawed_back(charged))

    def shift_at(self, seq: int) -> str | None:
        """The shift that was open there in the journal; None too while what stands before it is out."""
        if seq > self._through:
            return None
        marks = list(self.named.shift_marks)
        for track in self.tracks.values():
            if isinstance(track.incoming.data, ShiftOpenData):
                marks.append((track.seq, track.incoming.data.shift))
            elif isinstance(track.incoming.data, ShiftCloseData):
                marks.append((track.seq, None))
        before = [mark for mark in marks if mark[0] < seq]
        return max(before, key=lambda mark: mark[0])[1] if before else None

    def is_used_here(self, charge: Track, code_ref: str) -> bool:
        """Whether another standing charge of this terminal used the code (protocol.md 5, rule 1)."""
        return any(other is not charge and self._stands(other) for other in self._by_code.get(code_ref, ()))

    def _stands(self, charge: Track) -> bool:
        moved = self.transaction_of(charge.id)
        if moved is not None:
            return moved.status is not TransactionStatus.REVERSED
        return charge.status is Status.HELD and any(track.is_advice for track in self.about(charge.id))

    def spending(self, advice: Track) -> OfflineSpending:
        """Offline approvals under the advice's contact that count before it.

        Whatever is settled counts, in any order of arrival, so that the bound holds; what still waits counts
        where it stands before it in the journal.
        """
        contact = advice.incoming.entry.contact
        before = [
            seen.payable
            for seen in self._advices.values()
            if seen.contact == contact
            and seen.seq != advice.seq
            and (seen.seq < advice.seq or seen.is_settled or self._is_settled_now(seen.seq))
        ]
        return OfflineSpending(count=len(before), total=sum(before))

    def _is_settled_now(self, seq: int) -> bool:
        track = self._by_seq.get(seq)
        return track is not None and track.is_settled

    def record_movement(self, row: TransactionRow, legs: tuple[Leg, ...], points_before: int) -> None:
        """Plan a transaction; its number is taken when it is written, unless it had one before."""
        self.transactions[row.id] = row
        if row.tx_no:
            self._made_again[row.tx_no] = row.id
        self.movements.append(Movement(transaction_id=row.id, legs=legs, points_before=points_before))
        if row.original_id is None and row.entry_id is not None:
            self._charged[row.entry_id] = row.id

    def mark_reversed(self, charged: TransactionRow) -> None:
        """The charge's transaction is reversed: all of it went back."""
        self._change(replace(charged, status=TransactionStatus.REVERSED, given_back=charged.payable))

    def mark_refunded(self, charged: TransactionRow, amount: int, points_taken: int) -> None:
        """That much of the charge went back."""
        self._change(after_refund(charged, amount))
        self._clawed_back[charged.id] = self.clawed_back(charged) + points_taken

    def _change(self, charged: TransactionRow) -> None:
        self.transactions[charged.id] = charged
        self.changed_charges.add(charged.id)

    def goes_back_in_time(self, track: Track) -> bool:
        """Whether an entry bears an older stamp than one before it in the journal.

        Along the chain `contact` never decreases, and `at` only after a newer `contact` (protocol.md 4): who
        dates an entry back, to use a code that has expired or was revoked, has to break that.
        """
        entry, latest = track.incoming.entry, self.facts.latest_stamp
        stamp = (entry.contact, entry.at)
        if latest is not None and latest > stamp:
            return True
        others = (other.incoming.entry for other in self.tracks.values())
        return any(other.seq < entry.seq and (other.contact, other.at) > stamp for other in others)

    def latest_plausible(self, skew_s: int) -> datetime:
        """No entry's time may lie after this."""
        return self.now + timedelta(seconds=skew_s)

    def alarm(self, kind: str, subject: str, **detail: object) -> None:
        """Raise an alert with what is written."""
        self.alarms.append(Alarm(kind=kind, subject=subject, detail=detail))

    @property
    def held_code(self) -> Code:
        """Why new charges wait for a person."""
        return Code.MERCHANT_NOT_ACTIVE if not self.facts.merchant_is_active else Code.TERMINAL_NOT_ACTIVE


class NotItsCharge(Exception):
    """The entry names something that is not a charge before it."""
