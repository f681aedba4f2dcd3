"""From what happened to paper: receipts, copies and shift reports put into the spooler, and what to say of their end."""

from collections.abc import Callable
from dataclasses import replace

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.translations import window as words
from pos_app.desktop.terminal import Terminal
from pos_app.devices.printer.port import PrintProblem
from pos_app.devices.printer.spooler import JobState, JobStatus, PrintJob, PrintSpooler
from pos_app.features.charging.outcomes import Paid, PaidOffline
from pos_app.receipts.content import (
    ChargeKind,
    ChargeReceipt,
    Content,
    Copy,
    Heading,
    JournalMark,
    Points,
    ShiftReport,
)
from pos_app.receipts.raster import render
from pos_app.receipts.rows import PaperWidth
from shared.clock import Clock
from shared.ids import EntryId
from shared.problems import Language

_PAPERS = {58: PaperWidth.MM_58, 80: PaperWidth.MM_80}
_HAS_POINTS = frozenset({"standard", "prepaid"})


class Papers:
    """Everything this window prints. The cashier and the language are asked for at each paper."""

    def __init__(
        self,
        terminal: Terminal,
        spooler: PrintSpooler,
        clock: Clock,
        cashier: Callable[[], str],
        language: Callable[[], Language],
    ) -> None:
        self._terminal = terminal
        self._spooler = spooler
        self._clock = clock
        self._cashier = cashier
        self._language = language
        self.last_entry: str | None = None

    def print_approval(self, outcome: Paid | PaidOffline) -> None:
        """The receipt of an approval, once."""
        self.last_entry = outcome.entry.entry_id
        self._submit(outcome.entry.entry_id, receipt_of(outcome, self._terminal.heading(self._cashier())))

    def reprint(self, entry_id: str) -> int | None:
        """A copy, numbered; blocks on the journal. None where there is no receipt."""
        receipt = self._terminal.receipt_of(entry_id)
        if receipt is None:
            return None
        number = self._terminal.next_copy(entry_id)
        copy = replace(receipt, copy=Copy(number=number, at=self._clock.now()))
        self._submit(f"{entry_id}-copy-{number}", copy)
        return number

    def print_report(self, report: ShiftReport) -> None:
        """X or Z."""
        self._submit(f"{report.kind.value}-{report.shift_no}-{report.until.isoformat()}", report)

    def _submit(self, job_id: str, content: Content) -> None:
        language, width = self._language(), _PAPERS[self._terminal.identity().paper_mm]
        self._spooler.submit(PrintJob(job_id=job_id, draw=lambda: render(content, language, width)))


def receipt_of(outcome: Paid | PaidOffline, heading: Heading) -> ChargeReceipt:
    """What the receipt of an approval states."""
    mark = JournalMark(
        entry_id=EntryId(outcome.entry.entry_id), seq=outcome.entry.seq, short_hash=outcome.entry.short_hash
    )
    claims = outcome.claims
    if isinstance(outcome, PaidOffline):
        return ChargeReceipt(
            heading=heading,
            kind=ChargeKind.OFFLINE,
            tx_no=None,
            at=outcome.entry.at,
            card_type=claims.card_type.name.lower(),
            last4=f"{claims.last4:04d}",
            tier=claims.tier,
            raw=outcome.raw_amount,
            rate=claims.rate,
            payable=outcome.payable,
            points=None,
            journal=mark,
        )
    made = outcome.transaction
    has_points = made.card_type in _HAS_POINTS
    return ChargeReceipt(
        heading=heading,
        kind=ChargeKind.COMPLETED,
        tx_no=made.tx_no,
        at=outcome.entry.at,
        card_type=made.card_type,
        last4=made.card_last4,
        tier=claims.tier,
        raw=made.raw_amount,
        rate=made.rate,
        payable=made.payable,
        points=Points(earned=made.points_earned, balance=made.points_balance) if has_points else None,
        journal=mark,
    )


def said_of_receipt(status: JobStatus) -> Phrase:
    """What the result panel says of its receipt."""
    match status.state:
        case JobState.QUEUED | JobState.SENDING:
            return charge_words.RECEIPT_PRINTING()
        case JobState.PRINTED:
            return charge_words.RECEIPT_PRINTED()
        case JobState.UNKNOWN:
            return charge_words.RECEIPT_UNKNOWN()
    if status.problem is PrintProblem.NOT_CONFIGURED:
        return charge_words.RECEIPT_NO_PRINTER()
    if status.problem is PrintProblem.PAPER_OUT:
        return charge_words.RECEIPT_PAPER_OUT()
    return charge_words.RECEIPT_FAILED(reason=_reason(status))


def said_of_printer(status: JobStatus) -> Phrase:
    """What the devices row says after a job."""
    match status.state:
        case JobState.QUEUED | JobState.SENDING:
            return words.PRINTER_BUSY()
        case JobState.PRINTED:
            return words.PRINTER_READY()
        case JobState.UNKNOWN:
            return words.PRINTER_UNKNOWN()
    if status.problem is PrintProblem.NOT_CONFIGURED:
        return words.PRINTER_NONE()
    return words.PRINTER_FAILED(reason=_reason(status))


def _reason(status: JobStatus) -> Phrase:
    key = PrintProblem.ERROR.value if status.problem is None else status.problem.value
    return words.PRINT_PROBLEMS[key]()
