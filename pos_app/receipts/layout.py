"""Content → rows: the order, the words and the sizes of design.md 4, at 58 and 80 mm, in two languages. Pure.

The one door for text that people typed: everything from a content passes ``clean_text`` here before it becomes a row.
"""

from datetime import datetime

from pos_app.receipts import figures, qr
from pos_app.receipts.clean_text import clean_text
from pos_app.receipts.content import (
    Adjustment,
    CancellationSlip,
    ChargeKind,
    ChargeReceipt,
    Content,
    Copy,
    Heading,
    JournalMark,
    MatterSlip,
    ShiftReport,
)
from pos_app.receipts.fitting import Measure, centred, pair, paragraph, shrunk
from pos_app.receipts.rows import (
    HEADING_DOTS,
    PAYABLE_DOTS,
    TEXT_DOTS,
    FeedRow,
    PaperWidth,
    QrRow,
    Row,
    RuleRow,
    Span,
)
from pos_app.receipts.shift_layout import shift_rows
from pos_app.receipts.words import WORDS, ReceiptWords
from shared.money import format_amount
from shared.problems import Language


def rows_of(content: Content, language: Language, paper: PaperWidth, measure: Measure) -> list[Row]:
    """The whole receipt, from the copy mark at the top to the one at the bottom.

    ``measure`` tells how wide a span is with the font that will draw it, in dots.
    """
    words = WORDS[language]
    heading = content.heading
    mark = _copy_rows(content.copy, heading, words, paper, measure)
    match content:
        case ChargeReceipt():
            body = _charge_rows(content, words, paper, measure)
        case CancellationSlip():
            body = _cancellation_rows(content, words, paper, measure)
        case MatterSlip():
            body = _matter_rows(content, words, paper, measure)
        case ShiftReport():
            body = shift_rows(content, words, paper, measure)
        case Adjustment():
            body = _adjustment_rows(content, words, paper, measure)
    top = _people_lines(heading.header, paper, measure)
    bottom = _people_lines(heading.footer, paper, measure)
    return [*mark, *top, *body, *([FeedRow(8)] if bottom else []), *bottom, *mark]


def _people_lines(lines: tuple[str, ...], paper: int, measure: Measure) -> list[Row]:
    return [row for line in lines for row in centred(Span(clean_text(line)), paper, measure)]


def _copy_rows(
    copy: Copy | None, heading: Heading, words: ReceiptWords, paper: int, measure: Measure
) -> list[Row]:
    if copy is None:
        return []
    time = figures.local_time(copy.at, heading.time_zone, "%H:%M")
    mark = Span(words.copy.format(number=copy.number, time=time), TEXT_DOTS, bold=True)
    return [FeedRow(4), *centred(mark, paper, measure), FeedRow(4)]


def _store_rows(heading: Heading, paper: int, measure: Measure) -> list[Row]:
    store = Span(clean_text(heading.store_name), HEADING_DOTS, bold=True)
    return centred(shrunk(store, paper, TEXT_DOTS, measure), paper, measure)


def _identity_rows(
    number: str, at: datetime, heading: Heading, words: ReceiptWords, paper: int, measure: Measure
) -> list[Row]:
    """The number and the terminal, the time and the cashier."""
    terminal = words.terminal.format(no=clean_text(heading.terminal_no))
    cashier = words.cashier.format(name=clean_text(heading.cashier_name))
    moment = figures.local_time(at, heading.time_zone, "%Y-%m-%d %H:%M:%S")
    return [
        *pair(Span(number), Span(terminal), paper, measure),
        *pair(Span(moment), Span(cashier), paper, measure),
    ]


def _journal_rows(mark: JournalMark, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    text = words.journal.format(seq=mark.seq, hash=clean_text(mark.short_hash))
    return paragraph(Span(text), paper, measure)


def _charge_rows(receipt: ChargeReceipt, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    return [
        *_store_rows(receipt.heading, paper, measure),
        *_charge_heading_rows(receipt, words, paper, measure),
        RuleRow(),
        *_identity_rows(_number(receipt, words), receipt.at, receipt.heading, words, paper, measure),
        *_card_rows(receipt, words, paper, measure),
        RuleRow(),
        *_settlement_rows(receipt, words, paper, measure),
        *_journal_rows(receipt.journal, words, paper, measure),
        *_training_rows(receipt, words, paper, measure),
    ]


def _charge_heading_rows(
    receipt: ChargeReceipt, words: ReceiptWords, paper: int, measure: Measure
) -> list[Row]:
    match receipt.kind:
        case ChargeKind.TRAINING:
            return _training_rows(receipt, words, paper, measure)
        case ChargeKind.OFFLINE:
            banner = shrunk(Span(words.offline_banner, HEADING_DOTS, bold=True), paper, TEXT_DOTS, measure)
            return [
                *centred(Span(words.charge_heading), paper, measure),
                FeedRow(4),
                *centred(banner, paper, measure),
            ]
        case ChargeKind.COMPLETED:
            return centred(Span(words.charge_heading), paper, measure)


def _training_rows(receipt: ChargeReceipt, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    """What keeps a training slip from being taken for a receipt, at both ends of it."""
    if receipt.kind is not ChargeKind.TRAINING:
        return []
    heading = shrunk(Span(words.training_heading, 36, bold=True), paper, HEADING_DOTS, measure)
    return [
        FeedRow(4),
        *centred(heading, paper, measure),
        *centred(Span(words.training_note), paper, measure),
    ]


def _number(receipt: ChargeReceipt, words: ReceiptWords) -> str:
    if receipt.tx_no is not None:
        return clean_text(receipt.tx_no)
    number = clean_text(receipt.offline_no)
    return words.offline_no.format(number=number) if receipt.kind is ChargeKind.OFFLINE else number


def _card_rows(receipt: ChargeReceipt, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    card = words.card_types.get(receipt.card_type, words.card_other)
    known = 0 <= receipt.tier < len(words.tiers)
    tier = words.tiers[receipt.tier] if known else words.tier_other.format(tier=receipt.tier)
    return pair(Span(f"{card} ****{clean_text(receipt.last4)}"), Span(tier), paper, measure)


def _settlement_rows(receipt: ChargeReceipt, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    """The totals, the points or what stands for them, and the code: beside the totals where the paper is wide."""
    if receipt.kind is ChargeKind.TRAINING:
        return [*_total_rows(receipt, words, paper, measure), RuleRow()]
    tx_no = receipt.tx_no
    code = qr.charge_text(receipt.journal.entry_id) if tx_no is None else qr.transaction_text(tx_no)
    if paper == PaperWidth.MM_58:
        totals = _total_rows(receipt, words, paper, measure)
        after = _points_rows(receipt, words, paper, measure)
        return [*totals, RuleRow(), *after, QrRow(code)]
    room = paper - qr.side_dots(code, paper)
    totals = _total_rows(receipt, words, room, measure)
    after = _points_rows(receipt, words, room, measure)
    return [QrRow(code, (*totals, *([RuleRow()] if after else []), *after)), RuleRow()]


def _total_rows(receipt: ChargeReceipt, words: ReceiptWords, width: int, measure: Measure) -> list[Row]:
    exponent = receipt.heading.exponent
    raw = Span(format_amount(receipt.raw, exponent))
    rows = pair(Span(words.raw), raw, width, measure)
    if receipt.payable != receipt.raw:
        discount = words.discount.format(
            tenths=figures.tenths_text(receipt.rate), percent=figures.percent_off_text(receipt.rate)
        )
        saved = Span(format_amount(receipt.payable - receipt.raw, exponent))
        rows += pair(Span(discount), saved, width, measure)
    label = words.payable.format(currency=receipt.heading.currency)
    return [*rows, *_big_amount_rows(label, receipt.payable, exponent, width, measure)]


def _big_amount_rows(label: str, amount: int, exponent: int, width: int, measure: Measure) -> list[Row]:
    """The one figure that is read from afar; its label moves above it before its size gives way."""
    figure = Span(format_amount(amount, exponent), PAYABLE_DOTS, bold=True)
    figure = shrunk(figure, width, TEXT_DOTS, measure)
    return pair(Span(label, HEADING_DOTS, bold=True), figure, width, measure)


def _points_rows(receipt: ChargeReceipt, words: ReceiptWords, width: int, measure: Measure) -> list[Row]:
    if receipt.kind is ChargeKind.OFFLINE:
        return paragraph(Span(words.offline_note), width, measure)
    if receipt.points is None:
        return []
    earned = words.points_earned.format(points=f"+{figures.count_text(receipt.points.earned)}")
    balance = words.points_balance.format(points=figures.count_text(receipt.points.balance))
    return pair(Span(earned), Span(balance), width, measure)


def _cancellation_rows(
    slip: CancellationSlip, words: ReceiptWords, paper: int, measure: Measure
) -> list[Row]:
    heading = slip.heading
    number = clean_text(slip.tx_no or slip.offline_no)
    label = words.cancelled_amount.format(currency=heading.currency)
    title = shrunk(Span(words.cancel_heading, HEADING_DOTS, bold=True), paper, TEXT_DOTS, measure)
    reversal: list[Row] = []
    if slip.reversal_no is not None:
        text = words.reversal_no.format(number=clean_text(slip.reversal_no))
        reversal = paragraph(Span(text), paper, measure)
    return [
        *_store_rows(heading, paper, measure),
        *centred(title, paper, measure),
        RuleRow(),
        *_identity_rows(
            words.cancelled_charge.format(number=number), slip.at, heading, words, paper, measure
        ),
        *reversal,
        *paragraph(Span(f"{words.card_other} ****{clean_text(slip.last4)}"), paper, measure),
        RuleRow(),
        *_big_amount_rows(label, -slip.payable, heading.exponent, paper, measure),
        RuleRow(),
        *paragraph(Span(words.cancel_note), paper, measure),
        *_journal_rows(slip.charge, words, paper, measure),
    ]


def _matter_rows(slip: MatterSlip, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    heading = slip.heading
    title = shrunk(Span(words.matter_heading, HEADING_DOTS, bold=True), paper, TEXT_DOTS, measure)
    number = words.matter_number.format(number=clean_text(slip.number))
    money: list[Row] = []
    if slip.last4 is not None:
        money = paragraph(Span(f"{words.card_other} ****{clean_text(slip.last4)}"), paper, measure)
    if slip.amount is not None:
        label = words.matter_amount.format(currency=heading.currency)
        money += [RuleRow(), *_big_amount_rows(label, slip.amount, heading.exponent, paper, measure)]
    journal = [] if slip.journal is None else _journal_rows(slip.journal, words, paper, measure)
    return [
        *_store_rows(heading, paper, measure),
        *centred(title, paper, measure),
        RuleRow(),
        *_identity_rows(number, slip.at, heading, words, paper, measure),
        *money,
        RuleRow(),
        *paragraph(Span(clean_text(slip.meaning)), paper, measure),
        FeedRow(TEXT_DOTS * 2),
        *pair(Span(words.matter_manager), Span("_" * 16), paper, measure),
        *journal,
    ]


def _adjustment_rows(slip: Adjustment, words: ReceiptWords, paper: int, measure: Measure) -> list[Row]:
    heading, shift_no = slip.heading, clean_text(slip.shift_no)
    title = Span(words.adjustment_heading.format(shift=shift_no), HEADING_DOTS, bold=True)
    moment = figures.local_time(slip.at, heading.time_zone, "%Y-%m-%d %H:%M:%S")
    terminal = words.terminal.format(no=clean_text(heading.terminal_no))
    rows: list[Row] = [
        *_store_rows(heading, paper, measure),
        *centred(title, paper, measure),
        RuleRow(),
        *pair(Span(moment), Span(terminal), paper, measure),
        RuleRow(),
    ]
    for late in slip.late:
        moment = figures.local_time(late.at, heading.time_zone, "%m-%d %H:%M")
        amount = Span(format_amount(late.amount, heading.exponent))
        rows += pair(Span(f"{moment} {clean_text(late.number)}"), amount, paper, measure)
    total = sum(late.amount for late in slip.late)
    return [
        *rows,
        *_big_amount_rows(words.adjustment_sum, total, heading.exponent, paper, measure),
        RuleRow(),
        *paragraph(Span(words.adjustment_note.format(shift=shift_no)), paper, measure),
    ]
