"""From what happened to paper: receipts, copies and shift reports put into the spooler, and what to say of their end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache

from PIL import Image

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.translations import inbox as inbox_words
from pos_app.appearance.translations import rooms as room_words
from pos_app.appearance.translations import window as words
from pos_app.desktop.terminal import Terminal
from pos_app.devices.printer.port import PrinterStatus, PrintProblem, problem_of
from pos_app.devices.printer.spooler import JobState, JobStatus, PrintJob, PrintSpooler
from pos_app.features.charging.outcomes import Paid, PaidOffline
from pos_app.receipts.content import ChargeReceipt, Copy, MatterSlip, ShiftReport
from pos_app.receipts.raster import render
from pos_app.receipts.rows import PaperWidth
from shared.clock import Clock
from shared.problems import Language

_PAPERS = {58: PaperWidth.MM_58, 80: PaperWidth.MM_80}


class NoSuchPaper(Exception):
    """The journal has no paper for a charge that was approved."""


class Papers:
    """Everything this window prints. The language is asked for at each paper."""

    def __init__(
        self, terminal: Terminal, spooler: PrintSpooler, clock: Clock, language: Callable[[], Language]
    ) -> None:
        self._terminal = terminal
        self._clock = clock
        self._spooler = spooler
        self._language = language
        self.last_entry: str | None = None
        self.last_report: JobStatus | None = None

    def print_approval(self, outcome: Paid | PaidOffline) -> None:
        """The receipt of an approval, once. The journal is asked for it on the spooler's thread."""
        entry_id = outcome.entry.entry_id
        self.last_entry = entry_id
        language = self._language()

        @cache
        def paper() -> ChargeReceipt:
            # A paper that failed and is tried again is still the one that was counted.
            receipt, _ = self._next_paper(entry_id)
            if receipt is None:
                raise NoSuchPaper(entry_id)
            return receipt

        def draw() -> Image.Image:
            return render(paper(), language, self._width())

        self._spooler.submit(PrintJob(job_id=entry_id, draw=draw))

    def print_again(self, entry_id: str) -> int | None:
        """The receipt that failed to print, or a numbered copy; blocks on the journal. None where there is no paper."""
        status = self._spooler.status_of(entry_id)
        if status is not None and status.state is JobState.FAILED:
            self._spooler.retry(entry_id)
            return 1
        paper, number = self._next_paper(entry_id)
        if paper is None:
            return None
        language = self._language()
        job_id = f"{entry_id}-copy-{number}"
        self._spooler.submit(PrintJob(job_id=job_id, draw=lambda: render(paper, language, self._width())))
        return number

    def _next_paper(self, entry_id: str) -> tuple[ChargeReceipt | None, int]:
        """The original if no paper was counted yet, else the next copy; counted before it is printed, since a paper that
        nobody counted could pass for the original twice."""
        receipt = self._terminal.receipt_of(entry_id)
        if receipt is None:
            return None, 0
        number = self._terminal.next_copy(entry_id)
        return _numbered(receipt, number, self._clock.now()), number

    def print_report(self, report: ShiftReport) -> None:
        """X or Z."""
        language = self._language()
        job_id = f"{report.kind.value}-{report.shift_no}-{report.until.isoformat()}"
        job = PrintJob(job_id=job_id, draw=lambda: render(report, language, self._width()))
        self.last_report = self._spooler.submit(job)

    def print_slip(self, slip: MatterSlip, language: Language) -> JobStatus:
        """What a manager must see to; as often as it is asked for."""
        job_id = f"matter-{slip.number}-{self._clock.now().isoformat()}"
        return self._spooler.submit(
            PrintJob(job_id=job_id, draw=lambda: render(slip, language, self._width()))
        )

    def report_status(self) -> JobStatus | None:
        """Where the last report's paper stands now."""
        known = None if self.last_report is None else self._spooler.status_of(self.last_report.job_id)
        # One that was not taken on is not known to the spooler.
        return known or self.last_report

    def _width(self) -> PaperWidth:
        return _PAPERS[self._terminal.identity().paper_mm]


def _numbered(receipt: ChargeReceipt, number: int, at: datetime) -> ChargeReceipt:
    return receipt if number == 1 else replace(receipt, copy=Copy(number=number, at=at))


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


def said_of_reprint(number: int | None) -> Phrase:
    """What is said once a paper was asked for again: its copy's number, or 1 for the first paper tried again."""
    if number is None:
        return words.REPRINT_NOTHING()
    return words.REPRINT_SENT(number=str(number)) if number > 1 else words.REPRINT_RETRIED()


def said_of_slip(status: JobStatus) -> Phrase:
    """What 待處理 says once a slip was asked for."""
    if status.state is JobState.FAILED:
        return inbox_words.SLIP_FAILED(reason=_reason(status))
    return inbox_words.SLIP_SENT()


def said_of_closing(shift: str, status: JobStatus) -> Phrase:
    """What the sign-in says of the shift that was closed, and of its Z."""
    match status.state:
        case JobState.QUEUED | JobState.SENDING:
            return room_words.SHIFT_CLOSED_PRINTING(shift=shift)
        case JobState.PRINTED:
            return room_words.SHIFT_CLOSED_PRINTED(shift=shift)
        case JobState.UNKNOWN:
            return room_words.SHIFT_CLOSED_UNKNOWN(shift=shift)
        case JobState.FAILED:
            return room_words.SHIFT_CLOSED_NOT_PRINTED(shift=shift, reason=_reason(status))


def said_of_status(status: PrinterStatus) -> Phrase:
    """What the devices row says of a printer that was asked how it is."""
    match status:
        case PrinterStatus.NOT_CONFIGURED:
            return words.PRINTER_NONE()
        case PrinterStatus.UNKNOWN:
            return words.PRINTER_UNKNOWN()
    if status.can_print:
        return words.PRINTER_READY()
    return words.PRINTER_FAILED(reason=words.PRINT_PROBLEMS[problem_of(status).value]())


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
