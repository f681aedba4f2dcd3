"""Receipts with the figures of design.md 4, for the tests of this folder and of the printers."""

from datetime import UTC, datetime, timedelta, timezone

from pos_app.receipts.content import (
    Adjustment,
    CancellationSlip,
    ChargeKind,
    ChargeReceipt,
    Copy,
    Heading,
    JournalMark,
    LateCharge,
    MatterSlip,
    Points,
    ShiftReport,
    ShiftReportKind,
    ShiftTotals,
    Tally,
)
from shared.ids import EntryId

TAIPEI = timezone(timedelta(hours=8))
AT = datetime(2026, 11, 22, 10, 4, 31, tzinfo=UTC)
ENTRY_ID = EntryId("01939f2e-7a10-7c3e-9b1a-5f0c2d4e6a81")
HEADING = Heading(
    store_name="好味鮮超市 信義店",
    terminal_no="T07",
    cashier_name="王小美",
    time_zone=TAIPEI,
    currency="TWD",
    exponent=2,
)
JOURNAL = JournalMark(entry_id=ENTRY_ID, seq=1207, short_hash="k3Fh9Qa2xT")
ONLINE = ChargeReceipt(
    heading=HEADING,
    kind=ChargeKind.COMPLETED,
    tx_no="PAY0000012345",
    at=AT,
    card_type="standard",
    last4="1234",
    tier=1,
    raw=29_900,
    rate=9_500,
    payable=28_405,
    points=Points(earned=299, balance=1_530),
    journal=JOURNAL,
)
SECOND_COPY = Copy(number=2, at=datetime(2026, 11, 22, 10, 20, tzinfo=UTC))
TOTALS = ShiftTotals(
    confirmed=Tally(count=182, amount=4_821_050),
    pending=Tally(count=4, amount=342_000),
    reversed=Tally(count=3, amount=91_200),
    refunded=Tally(count=2, amount=30_000),
    refund_requested=Tally(count=1, amount=10_000),
    in_doubt=Tally(count=0, amount=0),
)
Z_REPORT = ShiftReport(
    heading=HEADING,
    kind=ShiftReportKind.Z,
    shift_no="0231",
    since=datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    until=datetime(2026, 11, 22, 10, 10, tzinfo=UTC),
    totals=TOTALS,
    counted=Tally(count=186, amount=5_163_050),
)
CANCELLATION = CancellationSlip(
    heading=HEADING,
    tx_no="PAY0000012345",
    reversal_no="REV0000000042",
    at=AT,
    last4="1234",
    payable=28_405,
    charge=JOURNAL,
)
MATTER = MatterSlip(
    heading=HEADING,
    number="T07-1207",
    at=AT,
    last4="1234",
    amount=28_405,
    meaning="離線收款被平台拒絕：這個碼已收過一次。商品已交付，門店收不到這筆款。",
    journal=JOURNAL,
)
ADJUSTMENT = Adjustment(
    heading=HEADING,
    shift_no="0230",
    at=AT,
    late=(
        LateCharge(number="T07-1190", at=AT - timedelta(hours=20), amount=12_000),
        LateCharge(number="PAY0000012001", at=AT - timedelta(hours=21), amount=-5_000),
    ),
)


def charge(kind: ChargeKind, heading: Heading = HEADING, copy: Copy | None = None) -> ChargeReceipt:
    """The same charge of 299.00 as each kind."""
    completed = kind is ChargeKind.COMPLETED
    return ChargeReceipt(
        heading=heading,
        kind=kind,
        tx_no=ONLINE.tx_no if completed else None,
        at=AT,
        card_type="standard",
        last4="1234",
        tier=1,
        raw=29_900,
        rate=9_500,
        payable=28_405,
        points=ONLINE.points if completed else None,
        journal=JOURNAL,
        copy=copy,
    )
