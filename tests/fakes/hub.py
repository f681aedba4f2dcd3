"""A hub in memory: signs real decisions by the tables of protocol.md 5 in small, and fails as it is told to."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from pos_app.hub_client import Feed, FeedEvent, FeedItem, HubRefused, HubUnreachable, Unreachable
from shared import rates
from shared.api.journal import EntryResult, JournalResponse, ResultError, SubmittedEntry
from shared.api.policy import Policy
from shared.api.terminals import Enrolment, EnrolRequest, MerchantProfile, StaffMember, StoreProfile
from shared.api.transactions import Transaction
from shared.clock import Clock
from shared.journal_entries import (
    AdviceData,
    ChargeData,
    Decision,
    Entry,
    ReversalData,
    Status,
    sign_decision,
    verify_decision,
    verify_entry,
)
from shared.journal_export import CERTIFICATE_TYP
from shared.jws import sign_jws
from shared.payment_code import verify_certificate
from shared.problems import Code, Problem
from shared.signing import Ed25519Verifier, Jwks, PublicJwk, Verifier, from_base64url
from shared.strict_json import dumps_object
from tests.builders.codes_for_pos import CodeMint
from tests.fakes.feed import FakeFeed

TERMINAL_ID = "01936f3a-0000-7000-8000-0000000000aa"
ADDRESS = "https://hub.test"


class Fault(Enum):
    """What goes wrong with one exchange."""

    REFUSED = "refused"
    SWALLOWED = "swallowed"
    REPLY_LOST = "reply_lost"
    NONSENSE = "nonsense"


@dataclass
class Script:
    """What the hub does with charges that arrive live; each list is used up from its front. `retry_after_s` goes with
    `problems`; `untaken` is an entry that it will not hear of."""

    faults: deque[Fault] = field(default_factory=deque)
    retries: deque[Code] = field(default_factory=deque)
    declines: deque[Code] = field(default_factory=deque)
    problems: deque[Code] = field(default_factory=deque)
    unconfirmed: int = 0
    held: int = 0
    held_advices: int = 0
    is_down: bool = False
    retry_after_s: int | None = None
    untaken: int | None = None


class FakeHub:
    """Implements `HubPort`; safe from any thread."""

    def __init__(
        self, clock: Clock, staff: tuple[StaffMember, ...] = (), policy: Policy | None = None
    ) -> None:
        self.clock = clock
        self.mint = CodeMint()
        self.script = Script()
        self.staff = staff
        self.policy = policy or Policy()
        self.received: list[str] = []
        self.requests: list[list[int]] = []
        self.verifier: Verifier | None = None
        self.feed_items: list[FeedItem] = []
        self.incarnation = "1"
        self.cursors_asked: list[str] = []
        self.applied_again: list[int] = []
        self.submitted = threading.Event()
        self.answer_waits_for: threading.Event | None = None
        self._lock = threading.RLock()
        self._feed: FakeFeed | None = None
        self._entries: dict[int, Entry] = {}
        self._decisions: dict[int, str] = {}
        self._decided_at: dict[int, datetime] = {}
        self._transactions: dict[str, Transaction] = {}
        self._outcomes: dict[str, Status] = {}
        self._number = 0

    # HubPort

    def enrol(self, request: EnrolRequest) -> Enrolment:
        self._fail()
        self.verifier = Ed25519Verifier(from_base64url(request.public_key.x))
        return Enrolment(
            terminal_id=TERMINAL_ID,
            terminal_no="T07",
            hub=ADDRESS,
            merchant=MerchantProfile(id="m", code="M000001", name="好味鮮超市", status="active"),
            store=StoreProfile(id="s", name="信義店", address="", time_zone="Asia/Taipei", day_starts_at=4),
            staff=self.staff,
            policy=self.policy,
            jwks=self.mint.jwks,
            hub_time=self.clock.now(),
            incarnation=self.incarnation,
            cursor="0",
            certificate=self._certificate(request.public_key),
        )

    def _certificate(self, key: PublicJwk) -> str:
        payload = dumps_object({"terminal": TERMINAL_ID, "terminal_no": "T07", "public_key": key.x})
        signer = self.mint.signer
        return sign_jws(CERTIFICATE_TYP, signer.kid, payload, signer)

    def submit(self, entries: Sequence[SubmittedEntry], timeout_ms: int) -> JournalResponse:
        try:
            return self._submit(entries)
        finally:
            self.submitted.set()

    def changes(self, head: int, last_event_id: str) -> Feed:
        self._fail()
        with self._lock:
            self.cursors_asked.append(last_event_id)
            self._feed = FakeFeed(self._after(last_event_id))
            return self._feed

    def probe(self, timeout_ms: int) -> datetime | None:
        if self.script.is_down:
            raise HubUnreachable(Unreachable.REFUSED)
        return self.clock.now()

    def jwks(self) -> Jwks:
        self._fail()
        return self.mint.jwks

    def reset(self) -> None:
        pass

    def close(self) -> None:
        if self.answer_waits_for is not None:
            self.answer_waits_for.set()

    # The test's side

    def say(self, item: FeedItem) -> None:
        """Put an item into the open feed, and into those opened later."""
        with self._lock:
            self.feed_items.append(item)
            if self._feed is not None:
                self._feed.put(item)

    def cut_feed(self) -> None:
        """The connection of the feed ends."""
        with self._lock:
            if self._feed is not None:
                self._feed.cancel()

    def restore(self, incarnation: str, through: int, decided_before: datetime | None = None) -> None:
        """As from a backup that holds the journal up to `through`, and of it what was decided by then."""
        with self._lock:
            self.incarnation = incarnation
            for seq in list(self._entries):
                decided = self._decided_at.get(seq)
                is_late = decided_before is not None and decided is not None and decided > decided_before
                if seq > through or is_late:
                    lost = self._entries.pop(seq)
                    self._decisions.pop(seq, None)
                    self._outcomes.pop(lost.id, None)
                    self._transactions.pop(lost.id, None)

    def contradict(self, seq: int) -> None:
        """Sign another decision on an entry than the one that was told."""
        with self._lock:
            entry = self._entries[seq]
            self._decisions.pop(seq)
            self._decide(entry, Status.DECLINED, Code.CARD_NOT_ACTIVE)

    def completed(self) -> list[Transaction]:
        """Charges that stand."""
        with self._lock:
            return [
                told
                for charge, told in self._transactions.items()
                if self._outcomes[charge] is Status.COMPLETED
            ]

    def outcome(self, charge_id: str) -> Status | None:
        """What a charge has become here."""
        return self._outcomes.get(charge_id)

    def _after(self, cursor: str) -> list[FeedItem]:
        """What comes after a cursor: nothing is skipped, and nothing is sent twice."""
        passed = [
            place
            for place, item in enumerate(self.feed_items)
            if isinstance(item, FeedEvent) and item.cursor == cursor
        ]
        return self.feed_items[passed[-1] + 1 :] if passed else self.feed_items

    def _fail(self) -> None:
        if self.script.is_down:
            raise HubUnreachable(Unreachable.REFUSED)

    def _submit(self, entries: Sequence[SubmittedEntry]) -> JournalResponse:
        self._fail()
        if self.answer_waits_for is not None:
            self.answer_waits_for.wait(30)
        with self._lock:
            if self.script.problems:
                code = self.script.problems.popleft()
                problem = Problem(title=code, status=503, code=code, request_id="r-1")
                raise HubRefused(problem, self.script.retry_after_s)
            fault = self.script.faults.popleft() if self.script.faults else None
            if fault is Fault.REFUSED:
                raise HubUnreachable(Unreachable.REFUSED)
            if fault is Fault.SWALLOWED:
                raise HubUnreachable(Unreachable.TIMED_OUT)
            self._refuse_untaken(entries)
            results = tuple(self._result(one) for one in entries)
            self.requests.append([result.seq if result.seq is not None else -1 for result in results])
            if fault is Fault.REPLY_LOST:
                raise HubUnreachable(Unreachable.NO_ANSWER)
            if fault is Fault.NONSENSE:
                results = tuple(result.model_copy(update={"decision": "not.a.jws"}) for result in results)
            return JournalResponse(
                results=results,
                verified_through=self._verified_through(),
                hub_time=self.clock.now(),
                incarnation=self.incarnation,
            )

    def _refuse_untaken(self, entries: Sequence[SubmittedEntry]) -> None:
        assert self.verifier is not None
        seqs = [verify_entry(one.jws, TERMINAL_ID, self.verifier).seq for one in entries]
        if self.script.untaken in seqs:
            code = Code.INVALID_REQUEST
            raise HubRefused(Problem(title=code, status=400, code=code, request_id="r-2"))

    def _verified_through(self) -> int:
        seq = -1
        while seq + 1 in self._entries:
            seq += 1
        return seq

    def _result(self, sent: SubmittedEntry) -> EntryResult:
        assert self.verifier is not None
        jws = sent.jws
        entry = verify_entry(jws, TERMINAL_ID, self.verifier)
        self.received.append(jws)
        if entry.seq in self._entries and self._entries[entry.seq].jws != jws:
            raise AssertionError("a fork")
        if entry.seq in self._decisions:
            return self._told(entry, self._decisions[entry.seq])
        if sent.decision is not None:
            return self._apply_again(entry, sent.decision)
        data = entry.data
        if isinstance(data, ChargeData):
            if self.script.retries:
                return _unsigned(entry, Status.RETRY, self.script.retries.popleft())
            self._entries[entry.seq] = entry
            return self._charge(entry, data)
        self._entries[entry.seq] = entry
        if isinstance(data, AdviceData):
            return self._advice(entry, data)
        if isinstance(data, ReversalData):
            return self._reversal(entry, data)
        return self._decide(entry, Status.ACCEPTED)

    def _apply_again(self, entry: Entry, jws: str) -> EntryResult:
        """What this hub decided before it lost it."""
        decision = verify_decision(jws, self.mint.jwks.hub_keys())
        assert (decision.seq, decision.entry) == (entry.seq, entry.hash)
        self.applied_again.append(entry.seq)
        self._entries[entry.seq], self._decisions[entry.seq] = entry, jws
        data = entry.data
        charge_id = data.charge if isinstance(data, AdviceData | ReversalData) else entry.id
        if isinstance(data, ChargeData | AdviceData | ReversalData):
            self._outcomes[str(charge_id)] = decision.status
        return self._told(entry, jws)

    def _charge(self, entry: Entry, data: ChargeData) -> EntryResult:
        ended = self._outcomes.get(entry.id)
        if self._is_reversed(entry):
            ended = self._outcomes[entry.id] = Status.REVERSED
        if ended is not None and ended.is_signed:
            return self._decide(entry, ended)
        if self.script.held:
            self.script.held -= 1
            self._outcomes[entry.id] = Status.HELD
            return _unsigned(entry, Status.HELD, Code.TERMINAL_NOT_ACTIVE)
        late = abs(self.clock.now() - entry.at) > timedelta(seconds=60)
        if late or self.script.unconfirmed or ended is Status.UNCONFIRMED:
            self.script.unconfirmed = max(0, self.script.unconfirmed - 1)
            self._outcomes[entry.id] = Status.UNCONFIRMED
            return _unsigned(entry, Status.UNCONFIRMED, None)
        if self.script.declines:
            self._outcomes[entry.id] = Status.DECLINED
            return self._decide(entry, Status.DECLINED, self.script.declines.popleft())
        self._complete(entry, data, offline=False)
        return self._decide(entry, Status.COMPLETED)

    def _advice(self, entry: Entry, data: AdviceData) -> EntryResult:
        charge = next((one for one in self._entries.values() if one.id == data.charge), None)
        if charge is None:
            return _unsigned(entry, Status.PENDING, None)
        if self.script.held_advices:
            self.script.held_advices -= 1
            return _unsigned(entry, Status.HELD, Code.TERMINAL_NOT_ACTIVE)
        outcome = self._outcomes.get(charge.id)
        if outcome is Status.REVERSED:
            return self._decide(entry, Status.REVERSED)
        if self.script.declines and outcome is Status.UNCONFIRMED:
            code = self.script.declines.popleft()
            self._outcomes[charge.id] = Status.REJECTED
            return self._decide(entry, Status.REJECTED, code)
        if outcome is not Status.COMPLETED:
            assert isinstance(charge.data, ChargeData)
            self._complete(charge, charge.data, offline=True)
        return self._decide(entry, Status.COMPLETED)

    def _reversal(self, entry: Entry, data: ReversalData) -> EntryResult:
        if not any(one.id == data.charge for one in self._entries.values()):
            return _unsigned(entry, Status.PENDING, None)
        self._outcomes[data.charge] = Status.REVERSED
        return self._decide(entry, Status.REVERSED)

    def _is_reversed(self, charge: Entry) -> bool:
        """Whether its reversal came first."""
        reversals = [one.data for one in self._entries.values() if isinstance(one.data, ReversalData)]
        return any(data.charge == charge.id for data in reversals)

    def _complete(self, entry: Entry, data: ChargeData, *, offline: bool) -> None:
        claims = verify_certificate(from_base64url(data.certificate), self.mint.jwks.hub_keys()).claims
        self._outcomes[entry.id] = Status.COMPLETED
        if data.training:
            return
        self._number += 1
        self._transactions[entry.id] = Transaction(
            id=f"tx-{self._number}",
            tx_no=f"PAY{self._number:010d}",
            type="charge",
            raw_amount=data.amount,
            rate=claims.rate,
            payable=rates.payable(data.amount, claims.rate),
            currency=data.currency,
            points_earned=data.amount // 100,
            points_balance=1_000,
            tier=claims.tier,
            card_last4=f"{claims.last4:04d}",
            card_type="standard",
            offline=offline,
            completed_at=self.clock.now(),
        )

    def _decide(self, entry: Entry, status: Status, code: Code | None = None) -> EntryResult:
        told = self._told_of(entry) if status is Status.COMPLETED else None
        decision = Decision(
            terminal=TERMINAL_ID,
            seq=entry.seq,
            id=entry.id,
            entry=entry.hash,
            status=status,
            code=code,
            tx_no=told.tx_no if told else None,
            payable=told.payable if told else None,
            rate=told.rate if told else None,
            points_earned=told.points_earned if told else None,
            decided_at=self.clock.now(),
        )
        self._decided_at[entry.seq] = decision.decided_at
        self._decisions[entry.seq] = sign_decision(decision, self.mint.signer)
        return self._told(entry, self._decisions[entry.seq])

    def _told_of(self, entry: Entry) -> Transaction | None:
        charge_id = entry.data.charge if isinstance(entry.data, AdviceData | ReversalData) else entry.id
        return self._transactions.get(charge_id)

    def _told(self, entry: Entry, jws: str) -> EntryResult:
        decision = verify_decision(jws, self.mint.jwks.hub_keys())
        error = ResultError(code=decision.code, title=decision.code) if decision.code else None
        told = self._told_of(entry) if decision.status is Status.COMPLETED else None
        return EntryResult(
            seq=entry.seq, id=entry.id, status=decision.status, transaction=told, error=error, decision=jws
        )


def _unsigned(entry: Entry, status: Status, code: Code | None) -> EntryResult:
    error = ResultError(code=code, title=code) if code else None
    return EntryResult(seq=entry.seq, id=entry.id, status=status, error=error)
