"""One paper a receipt: the spooler prints in order, off the caller's thread, and never a second time by itself."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from pos_app.devices.printer.encoding import JobEncoder
from pos_app.devices.printer.escpos_tcp import EscposTcpPrinter, TcpLimits
from pos_app.devices.printer.port import PRINTED, Printer, PrinterStatus, PrintOutcome, PrintProblem
from pos_app.devices.printer.spooler import MAX_WAITING, JobState, JobStatus, PrintJob, PrintSpooler
from tests.fakes.escpos_printer import EscposPrinter, Fault
from tests.log_rules import ExpectedLogs
from tests.unit.pos.printer.jobs import receipt, same_print

PATIENCE_S = 20.0
LIMITS = TcpLimits(connect_s=1.0, answer_s=0.5, send_s=1.0, finish_s=1.0)


class HeldPrinter:
    """Prints when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.started = threading.Event()
        self.printed = 0

    def status(self) -> PrinterStatus:
        return PrinterStatus.READY

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        self.started.set()
        assert self.go.wait(PATIENCE_S)
        self.printed += 1
        return PRINTED


class BrokenDriver(HeldPrinter):
    """A driver with a fault of its own."""

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        raise OSError("driver")


Spool = Callable[[Printer], tuple[PrintSpooler, list[JobStatus]]]


@pytest.fixture
def spool() -> Iterator[Spool]:
    made: list[PrintSpooler] = []

    def start(printer: Printer) -> tuple[PrintSpooler, list[JobStatus]]:
        told: list[JobStatus] = []
        made.append(PrintSpooler(printer, told.append))
        return made[-1], told

    yield start
    for spooler in made:
        assert spooler.close(PATIENCE_S)


@pytest.fixture
def paper_printer() -> Iterator[EscposPrinter]:
    with EscposPrinter() as printer:
        yield printer


@pytest.fixture
def printer(paper_printer: EscposPrinter, tmp_path: Path) -> EscposTcpPrinter:
    return EscposTcpPrinter("127.0.0.1", paper_printer.port, JobEncoder(tmp_path / "escpos"), LIMITS)


def job(job_id: str, draw: Callable[[], Image.Image] = receipt) -> PrintJob:
    return PrintJob(job_id=job_id, draw=draw)


def test_a_job_goes_from_queued_through_sending_to_printed(
    spool: Spool, paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    spooler, told = spool(printer)
    assert spooler.submit(job("charge-1")).state is JobState.QUEUED
    assert spooler.wait_idle(PATIENCE_S)
    assert spooler.close(PATIENCE_S)
    assert {status.state for status in told} == {JobState.QUEUED, JobState.SENDING, JobState.PRINTED}
    assert spooler.status_of("charge-1") == JobStatus(job_id="charge-1", state=JobState.PRINTED)
    assert same_print(paper_printer.paper.receipts[0], receipt())


def test_a_receipt_submitted_twice_is_printed_once(
    spool: Spool, paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    spooler, _ = spool(printer)
    for _ in range(3):
        spooler.submit(job("charge-1"))
    assert spooler.wait_idle(PATIENCE_S)
    assert spooler.submit(job("charge-1")).state is JobState.PRINTED
    assert len(paper_printer.paper.receipts) == 1


def test_paper_out_fails_the_job_and_a_retry_on_demand_prints_it_once(
    spool: Spool, paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    paper_printer.break_with(Fault.PAPER_OUT)
    spooler, _ = spool(printer)
    spooler.submit(job("charge-1"))
    assert spooler.wait_idle(PATIENCE_S)
    assert spooler.status_of("charge-1") == JobStatus(
        job_id="charge-1", state=JobState.FAILED, problem=PrintProblem.PAPER_OUT
    )
    paper_printer.mend()
    assert paper_printer.paper.receipts == []
    spooler.retry("charge-1")
    assert spooler.wait_idle(PATIENCE_S)
    assert len(paper_printer.paper.receipts) == 1


def test_a_job_cut_off_in_the_middle_is_unknown_and_no_retry_prints_it_again(
    spool: Spool, paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    paper_printer.pull_after = 10_000
    spooler, _ = spool(printer)
    spooler.submit(PrintJob(job_id="charge-1", draw=receipt, drawer=True))
    assert spooler.wait_idle(PATIENCE_S)
    paper_printer.pull_after = None
    connections = paper_printer.connections
    assert spooler.retry("charge-1").state is JobState.UNKNOWN
    assert spooler.submit(job("charge-1")).state is JobState.UNKNOWN
    assert spooler.wait_idle(PATIENCE_S)
    assert (paper_printer.connections, paper_printer.paper.drawer_pulses) == (connections, 1)


def test_a_copy_is_a_job_of_its_own(
    spool: Spool, paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    spooler, _ = spool(printer)
    spooler.submit(job("charge-1"))
    spooler.submit(job("charge-1 copy 2"))
    assert spooler.wait_idle(PATIENCE_S)
    assert len(paper_printer.paper.receipts) == 2


def test_submitting_does_not_wait_for_the_printer_and_the_queue_is_bounded(spool: Spool) -> None:
    held = HeldPrinter()
    spooler, _ = spool(held)
    states = [spooler.submit(job(f"charge-{n}", small)) for n in range(MAX_WAITING + 1)]
    assert held.printed == 0
    assert states[-1] == JobStatus(
        job_id=f"charge-{MAX_WAITING}", state=JobState.FAILED, problem=PrintProblem.QUEUE_FULL
    )
    held.go.set()
    assert spooler.wait_idle(PATIENCE_S)
    assert held.printed == MAX_WAITING


def test_closing_finishes_the_job_in_hand_and_fails_those_that_wait(spool: Spool) -> None:
    held = HeldPrinter()
    spooler, _ = spool(held)
    spooler.submit(job("charge-1", small))
    spooler.submit(job("charge-2", small))
    assert held.started.wait(PATIENCE_S)
    assert not spooler.close(0.01)
    held.go.set()
    assert spooler.close(PATIENCE_S)
    states = [spooler.status_of(job_id) for job_id in ("charge-1", "charge-2")]
    assert [status.state for status in states if status] == [JobState.PRINTED, JobState.FAILED]
    assert spooler.submit(job("charge-3", small)).problem is PrintProblem.STOPPED
    assert spooler.status_of("charge-3") is None


def test_a_receipt_that_cannot_be_drawn_fails_alone(spool: Spool, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("pos_app.devices.printer.spooler", "cannot be drawn")
    held = HeldPrinter()
    held.go.set()
    spooler, _ = spool(held)
    spooler.submit(job("charge-1", undrawable))
    spooler.submit(job("charge-2", small))
    assert spooler.wait_idle(PATIENCE_S)
    failed, printed = spooler.status_of("charge-1"), spooler.status_of("charge-2")
    assert failed is not None
    assert printed is not None
    assert (failed.problem, printed.state) == (PrintProblem.NOT_DRAWN, JobState.PRINTED)


def test_a_driver_that_raises_leaves_the_job_unknown_and_the_spooler_alive(
    spool: Spool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.devices.printer.spooler", "driver failed")
    spooler, _ = spool(BrokenDriver())
    for job_id in ("charge-1", "charge-2"):
        spooler.submit(job(job_id, small))
        assert spooler.wait_idle(PATIENCE_S)
        assert spooler.status_of(job_id) == JobStatus(
            job_id=job_id, state=JobState.UNKNOWN, problem=PrintProblem.ERROR
        )


def test_a_listener_that_raises_stops_no_job(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("pos_app.devices.printer.spooler", "listener failed")

    def raising(status: JobStatus) -> None:
        raise RuntimeError(status.job_id)

    held = HeldPrinter()
    held.go.set()
    spooler = PrintSpooler(held, raising)
    spooler.submit(job("charge-1", small))
    assert spooler.wait_idle(PATIENCE_S)
    assert spooler.close(PATIENCE_S)
    assert held.printed == 1


def small() -> Image.Image:
    return Image.new("1", (8, 8), 1)


def undrawable() -> Image.Image:
    raise ValueError("no such glyph")
