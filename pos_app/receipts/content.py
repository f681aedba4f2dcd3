"""The facts that each kind of receipt states, and nothing else (design.md 4).

Amounts are integer minor units of ``Heading.currency``; rates are in 1/10,000; instants are aware. Text typed by people (store,
cashier, header, footer) may hold anything: the layout cleans it.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from shared.ids import EntryId


def _require_aware(*instants: datetime) -> None:
    for instant in instants:
        if instant.utcoffset() is None:
            raise ValueError("a receipt's instants must carry a time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What is the same on all receipts of one terminal: who, where, in which money and clock."""

    store_name: str
    terminal_no: str
    cashier_name: str
    time_zone: tzinfo
    currency: str
    exponent: int
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A reprint: the second paper of a charge is COPY 2."""

    number: int
    at: datetime

    def __post_init__(self) -> None:
        _require_aware(self.at)
        if self.number < 2:
            raise ValueError("the first paper is not a copy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points earned by a charge and the card's points after it."""

    earned: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalMark:
    """Where the charge stands in the terminal's journal: the line that lets an auditor find it."""

    entry_id: EntryId
    seq: int
    short_hash: str


class ChargeKind(StrEnum):
    """How a charge was approved, which decides what its receipt may promise."""

    COMPLETED = "completed"
    OFFLINE = "offline"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeReceipt:
    """收款憑證 of an approved charge.

    A completed charge has the hub's number; an offline one has none yet and is named by terminal and journal number; a training
    charge never gets one. ``points`` is None where the card earns none or nobody knows yet.
    """

    heading: Heading
    kind: ChargeKind
    tx_no: str | None
    at: datetime
    card_type: str
    last4: str
    tier: int
    raw: int
    rate: int
    payable: int
    points: Points | None
    journal: JournalMark
    copy: Copy | None = None

    def __post_init__(self) -> None:
        _require_aware(self.at)
        if (self.tx_no is not None) != (self.kind is ChargeKind.COMPLETED):
            raise ValueError("a completed charge has a number, an offline or training one has none")
        if self.kind is not ChargeKind.COMPLETED and self.points is not None:
            raise ValueError("only a completed charge knows its points")

    @property
    def offline_no(self) -> str:
        """The number people can say before the hub has given one: ``T07-1207``."""
        return f"{self.heading.terminal_no}-{self.journal.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationSlip:
    """取消單 of a charge that was given up or reversed; ``reversal_no`` once the hub has given money back."""

    heading: Heading
    tx_no: str | None
    reversal_no: str | None
    at: datetime
    last4: str
    payable: int
    charge: JournalMark
    copy: Copy | None = None

    def __post_init__(self) -> None:
        _require_aware(self.at)

    @property
    def offline_no(self) -> str:
        """The cancelled charge's number by terminal and journal."""
        return f"{self.heading.terminal_no}-{self.charge.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterSlip:
    """待處理明細: what a manager must see to, and no receipt. ``meaning`` is the screen's sentence in the paper's language;
    ``amount`` and ``last4`` are None where no money is in it, ``journal`` where it is about no charge."""

    heading: Heading
    number: str
    at: datetime
    last4: str | None
    amount: int | None
    meaning: str
    journal: JournalMark | None
    copy: Copy | None = None

    def __post_init__(self) -> None:
        _require_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many, and how much in minor units."""

    count: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftTotals:
    """A shift's sums (protocol.md 4): ``charged`` is ``confirmed`` and ``pending`` together; ``refund_requested`` and
    ``in_doubt`` stand outside the net sum. All amounts are positive."""

    confirmed: Tally
    pending: Tally
    reversed: Tally
    refunded: Tally
    refund_requested: Tally
    in_doubt: Tally

    @property
    def charged(self) -> Tally:
        """Everything approved, settled or not."""
        return Tally(
            count=self.confirmed.count + self.pending.count,
            amount=self.confirmed.amount + self.pending.amount,
        )

    @property
    def net(self) -> int:
        """Charged − reversed − refunded."""
        return self.charged.amount - self.reversed.amount - self.refunded.amount


class ShiftReportKind(StrEnum):
    """X looks at an open shift, Z closes it."""

    X = "X"
    Z = "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftReport:
    """X 查帳 or Z 交班單. ``until`` is when the shift closed (Z) or the report was asked for (X). ``counted`` is the cashier's
    blind count of slips, where the policy asks for one; an X never has it."""

    heading: Heading
    kind: ShiftReportKind
    shift_no: str
    since: datetime
    until: datetime
    totals: ShiftTotals
    counted: Tally | None = None
    copy: Copy | None = None

    def __post_init__(self) -> None:
        _require_aware(self.since, self.until)
        if self.kind is ShiftReportKind.X and self.counted is not None:
            raise ValueError("an X report holds no count")


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCharge:
    """One charge that reached the books after its shift's Z was printed; negative for a reversal."""

    number: str
    at: datetime
    amount: int

    def __post_init__(self) -> None:
        _require_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """調整單: what was booked into a closed shift, whose Z stays as it is."""

    heading: Heading
    shift_no: str
    at: datetime
    late: tuple[LateCharge, ...]
    copy: Copy | None = None

    def __post_init__(self) -> None:
        _require_aware(self.at)


Content = ChargeReceipt | CancellationSlip | MatterSlip | ShiftReport | Adjustment
