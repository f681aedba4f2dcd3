"""A charging desk and a terminal that answer what a test says, with the real interfaces and no journal or hub behind."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pos_app.desktop.terminal import Identity
from pos_app.features.charging.outcomes import (
    ChargeRequest,
    CodeSeen,
    EntryRef,
    GivenUp,
    InDoubt,
    ManagerNeeded,
    NotPaid,
    OfflineOption,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.features.history.flow import HistoryRow
from pos_app.features.inbox.flow import InboxRow
from pos_app.features.shift.flow import OpenShift, ShiftFigures
from pos_app.features.sign_in.flow import Person, PinAnswer
from pos_app.features.start_up.flow import CarryFault
from pos_app.features.start_up.presenter import RescueWork
from pos_app.receipts.content import (
    ChargeKind,
    ChargeReceipt,
    Heading,
    JournalMark,
    MatterSlip,
    ShiftReport,
    ShiftReportKind,
    ShiftTotals,
    Tally,
)
from pos_app.syncing.line import LineState, LineStatus, OfflineMeter
from shared.api.transactions import CardTypeName, Transaction
from shared.clock import to_unix
from shared.ids import EntryId
from shared.payment_code import CardType, Claims
from shared.problems import Code, Refusal
from shared.rates import payable

AT = datetime.fromisoformat("2026-11-22T10:04:31.000+00:00")
ZONE = ZoneInfo("Asia/Taipei")
GOOD_CODE = "MPS1:GOOD"
OTHER_CODE = "MPS1:OTHER"
PINS = {"wang": "1234", "chen": "567890"}
WANG = Person("wang", "王小美", False)
CHEN = Person("chen", "陳店長", True)
SHIFT = OpenShift("0199aaaa-0000-7000-8000-000000000231", "0231", "wang", AT - timedelta(hours=2))
NOTHING = Tally(count=0, amount=0)
TOTALS = ShiftTotals(
    confirmed=Tally(count=182, amount=4_821_050),
    pending=Tally(count=4, amount=342_000),
    reversed=Tally(count=3, amount=91_200),
    refunded=Tally(count=2, amount=30_000),
    refund_requested=Tally(count=1, amount=10_000),
    in_doubt=NOTHING,
)
METER = OfflineMeter(
    left_total=342_000,
    max_total=500_000,
    left_count=17,
    max_amount=50_000,
    until=AT + timedelta(hours=4),
    needs_manager=False,
    refusal=None,
)
ONLINE = LineStatus(
    state=LineState.ONLINE, since=AT, waiting=0, oldest_waiting_at=None, contact=AT, meter=METER
)
OFFLINE = replace(ONLINE, state=LineState.OFFLINE, waiting=3, oldest_waiting_at=AT - timedelta(minutes=57))
LOCKED = replace(METER, refusal=Refusal(Code.CLOCK_IMPLAUSIBLE), clock_is_locked=True)

Answer = Literal["paid", "offline", "declined", "doubt", "manager", "given_up"]


def claims_for(text: str, *, rate: int = 9500, tier: int = 1, last4: int = 1234) -> Claims:
    """What a code says; one text always the same, another text another code."""
    return Claims(
        iat=to_unix(AT),
        exp=to_unix(AT) + 900,
        code_key=text.encode().ljust(32, b"\0")[:32],
        card_ref=b"c" * 16,
        card_type=CardType.STANDARD,
        tier=tier,
        rate=rate,
        offline_limit=50_000,
        currency="TWD",
        last4=last4,
    )


def entry_ref(number: int = 1207) -> EntryRef:
    """An entry's name."""
    return EntryRef(
        entry_id=f"0199aaaa-0000-7000-8000-{number:012d}", seq=number, at=AT, short_hash="k3Fh9Qa2xT"
    )


def transaction_for(raw: int, claims: Claims) -> Transaction:
    """The hub's word on a charge."""
    names: tuple[CardTypeName, ...] = ("standard", "prepaid", "corporate", "voucher")
    return Transaction(
        id="0199aaaa-0000-7000-8000-00000000aaaa",
        tx_no="PAY0000012345",
        type="charge",
        raw_amount=raw,
        rate=claims.rate,
        payable=payable(raw, claims.rate),
        currency="TWD",
        points_earned=raw // 100,
        points_balance=1530,
        tier=claims.tier,
        card_last4=f"{claims.last4:04d}",
        card_type=names[claims.card_type],
        completed_at=AT,
    )


@dataclass(slots=True)
class FakeDesk:
    """Implements `ChargingDesk`. `answer` is what the next charge becomes; every call is written down."""

    answer: Answer = "paid"
    refusal: Refusal = field(default_factory=lambda: Refusal(Code.INSUFFICIENT_BALANCE))
    option: OfflineOption = field(default_factory=lambda: OfflineOption(refusal=None))
    because: Refusal | None = None
    rate: int = 9500
    tier: int = 1
    charges: list[ChargeRequest] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    forgotten: int = 0
    approved: list[tuple[str, str | None]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None
    fault: Exception | None = None
    _claims: Claims | None = None
    _listeners: list[Callable[[Outcome], None]] = field(default_factory=list)

    def read_code(self, text: str) -> CodeSeen | Refusal:
        self.read.append(text)
        if not text.startswith("MPS1:"):
            return Refusal(Code.INVALID_QR)
        self._claims = claims_for(text, rate=self.rate, tier=self.tier)
        return CodeSeen(claims=self._claims)

    def forget_code(self) -> None:
        self.forgotten += 1

    def charge(self, request: ChargeRequest) -> Outcome:
        self.charges.append(request)
        if self.before_answer is not None:
            self.before_answer()
        if self.fault is not None:
            raise self.fault
        return self.outcome_of(self.answer if request.approver is None else "offline", request.amount)

    def outcome_of(self, answer: Answer, raw: int) -> Outcome:
        """The outcome of that kind, for the code that was read last."""
        claims = self._claims or claims_for(GOOD_CODE, rate=self.rate, tier=self.tier)
        entry, to_pay = entry_ref(), payable(raw, claims.rate)
        match answer:
            case "paid":
                made = transaction_for(raw, claims)
                return Paid(entry=entry, raw_amount=raw, claims=claims, transaction=made)
            case "offline":
                return PaidOffline(
                    entry=entry, raw_amount=raw, payable=to_pay, claims=claims, offline_no="T07-1207"
                )
            case "declined":
                return NotPaid(refusal=self.refusal, raw_amount=raw, entry=entry, request_id="01JD8Q3W-7F2A")
            case "doubt":
                return InDoubt(
                    entry=entry, raw_amount=raw, payable=to_pay, claims=claims, offline=self.option
                )
            case "manager":
                return ManagerNeeded(raw_amount=raw, payable=to_pay, claims=claims)
            case "given_up":
                return GivenUp(entry=entry, raw_amount=raw, payable=to_pay, because=self.because)

    def approve_offline(self, entry_id: str, approver: str | None) -> Outcome:
        self.approved.append((entry_id, approver))
        return self.outcome_of("offline", self.charges[-1].amount)

    def give_up(self, entry_id: str) -> Outcome:
        self.given_up.append(entry_id)
        return self.outcome_of("given_up", self.charges[-1].amount if self.charges else 29_900)

    def on_late_outcome(self, listener: Callable[[Outcome], None]) -> None:
        self._listeners.append(listener)

    def tell_late(self, outcome: Outcome) -> None:
        """The hub's answer came by itself."""
        for listener in self._listeners:
            listener(outcome)


@dataclass(slots=True)
class FakeTerminal:
    """Implements `Terminal` over a `FakeDesk`."""

    desk: FakeDesk = field(default_factory=FakeDesk)
    line: LineStatus = ONLINE
    people: tuple[Person, ...] = (WANG, CHEN)
    shift: OpenShift | None = SHIFT
    rows: tuple[HistoryRow, ...] = ()
    to_do: tuple[InboxRow, ...] = ()
    noted: list[tuple[str, str]] = field(default_factory=list)
    has_papers: bool = True
    wait_s: int = 0
    papers: int = 1
    closed: bool = False
    store_name: str = "好味鮮超市 信義店"
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def identity(self) -> Identity:
        return Identity(
            store_name=self.store_name,
            terminal_no="T07",
            zone=ZONE,
            exponent=2,
            response_timeout_ms=3_000,
            paper_mm=58,
        )

    def line_status(self) -> LineStatus:
        return self.line

    def now(self) -> datetime:
        return AT

    def staff(self) -> tuple[Person, ...]:
        return self.people

    def current_shift(self) -> OpenShift | None:
        return self.shift

    def on_change(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)

    def tell_change(self) -> None:
        """Something changed."""
        for listener in self.listeners:
            listener()

    def check_pin(self, staff_id: str, pin: str) -> PinAnswer:
        return PinAnswer(PINS.get(staff_id) == pin, self.wait_s)

    def check_manager(self, staff_id: str, pin: str) -> PinAnswer:
        manager = any(one.staff_id == staff_id and one.is_manager for one in self.people)
        return PinAnswer(manager and PINS.get(staff_id) == pin, self.wait_s)

    def shift_figures(self) -> ShiftFigures:
        totals = TOTALS if self.shift is not None else None
        return ShiftFigures(shift=self.shift, totals=totals, waiting=self.line.waiting, in_doubt=0)

    def open_shift(self, cashier: str) -> OpenShift:
        self.shift = replace(SHIFT, cashier=cashier)
        return self.shift

    def x_report(self, cashier: str) -> ShiftReport:
        return self._report(ShiftReportKind.X, cashier)

    def close_shift(self, cashier: str) -> ShiftReport:
        report = self._report(ShiftReportKind.Z, cashier)
        self.shift = None
        return report

    def _report(self, kind: ShiftReportKind, cashier: str) -> ShiftReport:
        return ShiftReport(
            heading=self._heading(cashier),
            kind=kind,
            shift_no=SHIFT.number,
            since=SHIFT.since,
            until=AT,
            totals=TOTALS,
        )

    def history(self) -> tuple[HistoryRow, ...]:
        return self.rows

    def inbox(self) -> tuple[InboxRow, ...]:
        return self.to_do

    def note_matter(self, row: InboxRow, staff_id: str) -> bool:
        self.noted.append((row.entry_id, staff_id))
        self.to_do = tuple(one for one in self.to_do if one.entry_id != row.entry_id)
        return True

    def slip_of(self, row: InboxRow, meaning: str) -> MatterSlip:
        return MatterSlip(
            heading=self._heading("wang"),
            number="T07-1207",
            at=row.at,
            last4=row.last4,
            amount=row.amount,
            meaning=meaning,
            journal=JournalMark(entry_id=EntryId(row.entry_id), seq=1207, short_hash="k3Fh9Qa2xT"),
        )

    def _heading(self, cashier: str) -> Heading:
        names = {person.staff_id: person.name for person in self.people}
        return Heading(
            store_name=self.store_name,
            terminal_no="T07",
            cashier_name=names.get(cashier, cashier),
            time_zone=ZONE,
            currency="TWD",
            exponent=2,
        )

    def receipt_of(self, entry_id: str) -> ChargeReceipt | None:
        """A receipt of 299.00."""
        if not self.has_papers:
            return None
        claims = claims_for(GOOD_CODE)
        return ChargeReceipt(
            heading=self._heading("wang"),
            kind=ChargeKind.OFFLINE,
            tx_no=None,
            at=AT,
            card_type="standard",
            last4=f"{claims.last4:04d}",
            tier=claims.tier,
            raw=29_900,
            rate=claims.rate,
            payable=28_405,
            points=None,
            journal=JournalMark(entry_id=EntryId(entry_id), seq=1207, short_hash="k3Fh9Qa2xT"),
        )

    def next_copy(self, entry_id: str) -> int:
        self.papers += 1
        return self.papers

    def close(self) -> None:
        self.closed = True


def no_rescue() -> RescueWork:
    """Ways out that find nothing: for starts that need none."""
    return RescueWork(places=lambda: (), carry=lambda _: CarryFault.NOTHING, set_apart=lambda: False)
