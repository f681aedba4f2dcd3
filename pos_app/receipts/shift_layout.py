"""X and Z: a shift's counts and sums as the cashier reads them (design.md 4; what they mean: protocol.md 4)."""

from pos_app.receipts import figures
from pos_app.receipts.clean_text import clean_text
from pos_app.receipts.content import ShiftReport, ShiftReportKind, Tally
from pos_app.receipts.fitting import GAP_DOTS, Measure, centred, pair, paragraph, shrunk
from pos_app.receipts.rows import HEADING_DOTS, PairRow, Row, RuleRow, Span, TallyRow
from pos_app.receipts.words import ReceiptWords
from shared.money import format_amount

INDENT = "\u2003"
SMALLEST_LABEL_DOTS = 20


def shift_rows(report: ShiftReport, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    """The report without copy marks, header and footer."""
    closing = [
        *_count_rows(report, words, paper, measure),
        *_provisional_rows(report, words, paper, measure),
    ]
    return [
        *_title_rows(report, words, paper, measure),
        RuleRow(),
        *_sum_rows(report, words, paper, measure),
        *([RuleRow(), *closing] if closing else []),
    ]


def _title_rows(report: ShiftReport, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    heading = report.heading
    template = words.z_heading if report.kind is ShiftReportKind.Z else words.x_heading
    title = Span(template.format(shift=clean_text(report.shift_no)), HEADING_DOTS, bold=True)
    since = figures.local_time(report.since, heading.time_zone, "%H:%M")
    until = figures.local_time(report.until, heading.time_zone, "%H:%M")
    date = figures.local_time(report.since, heading.time_zone, "%Y-%m-%d")
    who = f"{clean_text(heading.terminal_no)} {clean_text(heading.cashier_name)}"
    return [
        *centred(shrunk(title, paper, SMALLEST_LABEL_DOTS, measure), paper, measure),
        *centred(Span(clean_text(heading.store_name)), paper, measure),
        *pair(Span(date), Span(f"{since}–{until}"), paper, measure),
        *paragraph(Span(who), paper, measure),
    ]


def _sum_rows(report: ShiftReport, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    totals, exponent = report.totals, report.heading.exponent
    lines = [
        (words.charged, totals.charged),
        (INDENT + words.confirmed, totals.confirmed),
        (INDENT + words.pending, totals.pending),
        (words.reversed, Tally(count=totals.reversed.count, amount=-totals.reversed.amount)),
        (words.refunded, Tally(count=totals.refunded.count, amount=-totals.refunded.amount)),
        (INDENT + words.refund_requested, totals.refund_requested),
        (words.in_doubt, totals.in_doubt),
    ]
    amounts = [Span(format_amount(tally.amount, exponent)) for _, tally in lines]
    net = Span(format_amount(totals.net, exponent), bold=True)
    count_edge = paper - max(measure(amount) for amount in (*amounts, net)) - 2 * GAP_DOTS
    rows: list[Row] = []
    for (label, tally), amount in zip(lines, amounts, strict=True):
        count = Span(figures.count_text(tally.count))
        rows += _tally_rows(Span(label), count, amount, count_edge, measure)
    return [*rows, *pair(Span(words.net, bold=True), net, paper, measure)]


def _tally_rows(label: Span, count: Span, amount: Span, count_edge: int, measure: Measure) -> list[Row]:
    """One line, its label a little smaller if need be; on two lines if even that does not fit."""
    room = count_edge - measure(count) - GAP_DOTS
    fitted = shrunk(label, room, SMALLEST_LABEL_DOTS, measure)
    if measure(fitted) <= room:
        return [TallyRow(fitted, count, amount, count_edge)]
    return [PairRow(label), TallyRow(Span(""), count, amount, count_edge)]


def _count_rows(report: ShiftReport, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    counted, charged = report.counted, report.totals.charged
    if counted is None:
        return []
    exponent = report.heading.exponent
    amount = format_amount(counted.amount, exponent)
    missing = format_amount(counted.amount - charged.amount, exponent)
    slips = counted.count - charged.count
    template = words.difference_slips if slips else words.difference
    return pair(
        Span(words.counted.format(count=figures.count_text(counted.count), amount=amount)),
        Span(template.format(count=f"{slips:+,}", amount=missing)),
        paper,
        measure,
    )


def _provisional_rows(report: ShiftReport, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    """What a Z cannot promise: charges still to be sent, charges whose result nobody knows."""
    if report.kind is ShiftReportKind.X:
        return []
    totals = report.totals
    rows: list[Row] = []
    if totals.pending.count:
        text = words.provisional.format(count=figures.count_text(totals.pending.count))
        rows += paragraph(Span(text), paper, measure)
    if totals.in_doubt.count:
        text = words.closed_in_doubt.format(count=figures.count_text(totals.in_doubt.count))
        rows += paragraph(Span(text, bold=True), paper, measure)
    return rows
