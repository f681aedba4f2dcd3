"""One count of a charge's papers, whoever prints them: the original once, then COPY 2, COPY 3 …"""

from PIL import Image

from pos_app.bootstrap.counter_terminal import CounterTerminal
from pos_app.desktop.printing import Papers
from pos_app.devices.printer.port import (
    PRINTED,
    NoPrinter,
    Printer,
    PrinterStatus,
    PrintOutcome,
    PrintProblem,
    not_printed,
)
from pos_app.devices.printer.spooler import PrintSpooler
from pos_app.features.charging.outcomes import Paid
from pos_app.receipts.content import CancellationSlip, ChargeReceipt
from tests.unit.pos.charging.counter import WAIT_S, Counter


class _Printer:
    """Prints after it has failed as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.pictures: list[bytes] = []

    def status(self) -> PrinterStatus:
        return PrinterStatus.READY

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        self.pictures.append(image.tobytes())
        self.failures -= 1
        return not_printed(PrintProblem.PAPER_OUT) if self.failures >= 0 else PRINTED


def _window(counter: Counter, printer: Printer) -> tuple[Papers, PrintSpooler]:
    spooler = PrintSpooler(printer, lambda _status: None)
    return Papers(CounterTerminal(counter.terminal), spooler, counter.clock, lambda: "en"), spooler


def _finish(spooler: PrintSpooler) -> None:
    assert spooler.wait_idle(WAIT_S)
    spooler.close(WAIT_S)


def _paid(counter: Counter) -> Paid:
    paid = counter.charge()
    assert isinstance(paid, Paid)
    return paid


def _command_line(counter: Counter, entry_id: str) -> int:
    paper = counter.terminal.history.next_paper(entry_id)
    assert isinstance(paper, ChargeReceipt | CancellationSlip)
    return 1 if paper.copy is None else paper.copy.number


def test_the_windows_receipt_is_the_original_and_all_after_it_are_copies(counter: Counter) -> None:
    printer, paid = _Printer(), _paid(counter)
    papers, spooler = _window(counter, printer)
    papers.print_approval(paid)
    assert spooler.wait_idle(WAIT_S)
    assert len(printer.pictures) == 1
    assert _command_line(counter, paid.entry.entry_id) == 2
    assert papers.print_again(paid.entry.entry_id) == 3
    _finish(spooler)


def test_what_the_command_line_printed_is_a_copy_in_the_window(counter: Counter) -> None:
    paid = _paid(counter)
    assert _command_line(counter, paid.entry.entry_id) == 1
    papers, spooler = _window(counter, _Printer())
    assert papers.print_again(paid.entry.entry_id) == 2
    _finish(spooler)


def test_a_charge_that_no_paper_was_printed_of_gets_its_original_on_f9(counter: Counter) -> None:
    paid = _paid(counter)
    papers, spooler = _window(counter, _Printer())
    assert papers.print_again(paid.entry.entry_id) == 1
    _finish(spooler)


def test_with_no_printer_a_charge_counts_no_paper_and_what_is_printed_later_is_the_original(
    counter: Counter,
) -> None:
    paid = _paid(counter)
    papers, spooler = _window(counter, NoPrinter())
    papers.print_approval(paid)
    assert spooler.wait_idle(WAIT_S)
    status = spooler.status_of(paid.entry.entry_id)
    assert status is not None
    assert status.problem is PrintProblem.NOT_CONFIGURED
    _finish(spooler)
    assert _command_line(counter, paid.entry.entry_id) == 1


def test_a_receipt_that_failed_and_is_tried_again_is_the_same_paper(counter: Counter) -> None:
    printer, paid = _Printer(failures=1), _paid(counter)
    papers, spooler = _window(counter, printer)
    papers.print_approval(paid)
    spooler.wait_idle(WAIT_S)
    assert papers.print_again(paid.entry.entry_id) == 1
    _finish(spooler)
    assert printer.pictures[0] == printer.pictures[1]
    assert _command_line(counter, paid.entry.entry_id) == 2
