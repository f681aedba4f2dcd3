"""A network printer that is out of paper, open, silent, unplugged half-way: the outcome is what can be known."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos_app.devices.printer.encoding import JobEncoder
from pos_app.devices.printer.escpos_tcp import EscposTcpPrinter, TcpLimits
from pos_app.devices.printer.port import (
    PRINTED,
    PrinterStatus,
    PrintOutcome,
    PrintProblem,
    PrintResult,
    not_printed,
    unknown,
)
from pos_app.receipts.rows import PaperWidth
from tests.fakes.escpos_printer import EscposPrinter, Fault
from tests.unit.pos.printer.jobs import receipt, same_print

LIMITS = TcpLimits(connect_s=1.0, answer_s=0.4, send_s=1.0, finish_s=0.5)


@pytest.fixture
def paper_printer() -> Iterator[EscposPrinter]:
    with EscposPrinter() as printer:
        yield printer


@pytest.fixture
def printer(paper_printer: EscposPrinter, tmp_path: Path) -> EscposTcpPrinter:
    return connected(paper_printer, tmp_path)


def connected(paper_printer: EscposPrinter, folder: Path) -> EscposTcpPrinter:
    return EscposTcpPrinter("127.0.0.1", paper_printer.port, JobEncoder(folder / "escpos"), LIMITS)


def black_rows(paper_printer: EscposPrinter) -> int:
    uncut = paper_printer.uncut()
    return 0 if uncut is None else uncut.height


@pytest.mark.parametrize("paper", PaperWidth)
def test_a_receipt_is_printed_once_cut_and_nothing_unknown_was_sent(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter, paper: PaperWidth
) -> None:
    assert printer.print_image(receipt(paper), drawer=True) == PRINTED
    printed = paper_printer.paper
    assert (len(printed.receipts), printed.cuts, printed.drawer_pulses, printed.unknown) == (1, 1, 1, [])
    assert same_print(printed.receipts[0], receipt(paper))


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.NONE, PrinterStatus.READY),
        (Fault.PAPER_NEAR_END, PrinterStatus.READY | PrinterStatus.PAPER_NEAR_END),
        (Fault.PAPER_OUT, PrinterStatus.PAPER_OUT | PrinterStatus.OFFLINE),
        (Fault.COVER_OPEN, PrinterStatus.COVER_OPEN | PrinterStatus.OFFLINE),
        (Fault.OFFLINE, PrinterStatus.OFFLINE),
    ],
)
def test_the_status_is_what_the_printer_says(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter, fault: Fault, status: PrinterStatus
) -> None:
    paper_printer.break_with(fault)
    assert printer.status() == status


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault.PAPER_OUT, PrintProblem.PAPER_OUT),
        (Fault.COVER_OPEN, PrintProblem.COVER_OPEN),
        (Fault.OFFLINE, PrintProblem.OFFLINE),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter, fault: Fault, problem: PrintProblem
) -> None:
    paper_printer.break_with(fault)
    assert printer.print_image(receipt(), drawer=True) == not_printed(problem)
    paper_printer.mend()
    assert (black_rows(paper_printer), paper_printer.paper.drawer_pulses) == (0, 0)
    assert printer.print_image(receipt()) == PRINTED


def test_paper_near_its_end_still_prints(paper_printer: EscposPrinter, printer: EscposTcpPrinter) -> None:
    paper_printer.break_with(Fault.PAPER_NEAR_END)
    assert printer.print_image(receipt()) == PRINTED


def test_a_printer_that_hangs_up_unanswered_is_unknown_and_gets_no_job(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    paper_printer.hang_up = True
    assert printer.status() == PrinterStatus.UNKNOWN
    assert printer.print_image(receipt()) == not_printed(PrintProblem.NO_ANSWER)
    assert black_rows(paper_printer) == 0


def test_a_silent_printer_is_unknown_within_the_time_limit(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    paper_printer.silent = True
    began = time.monotonic()
    assert printer.print_image(receipt()) == not_printed(PrintProblem.NO_ANSWER)
    assert time.monotonic() - began < LIMITS.connect_s + LIMITS.answer_s + 1
    assert black_rows(paper_printer) == 0


@pytest.mark.parametrize("after_bytes", [14, 5_000, 20_000])
def test_a_cable_pulled_in_the_middle_leaves_it_unknown(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter, after_bytes: int
) -> None:
    paper_printer.pull_after = after_bytes
    assert printer.print_image(receipt()) == unknown(PrintProblem.CUT_OFF)
    assert paper_printer.paper.receipts == []


def test_paper_that_ends_in_the_middle_leaves_it_unknown_and_says_why(tmp_path: Path) -> None:
    with EscposPrinter(paper_left_dots=300) as paper_printer:
        outcome = connected(paper_printer, tmp_path).print_image(receipt())
        assert outcome == unknown(PrintProblem.PAPER_OUT)
        assert 0 < black_rows(paper_printer) <= 300


def test_a_printer_that_never_answers_gs_r_is_believed_by_its_status(
    paper_printer: EscposPrinter, printer: EscposTcpPrinter
) -> None:
    paper_printer.deaf_to_gs_r = True
    assert printer.print_image(receipt()) == PRINTED


def test_nobody_listening_is_unreachable_and_offline(tmp_path: Path) -> None:
    with EscposPrinter() as gone:
        printer = connected(gone, tmp_path)
    assert printer.status() == PrinterStatus.OFFLINE
    assert printer.print_image(receipt()) == not_printed(PrintProblem.UNREACHABLE)


def test_a_printer_that_stops_reading_blocks_nobody_over_the_limit(tmp_path: Path) -> None:
    """It answers the four questions, then reads no more: the job does not fit into the line's buffers."""
    answered = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)

        def answer_then_stall() -> None:
            connection, _ = listener.accept()
            with connection:
                for _ in range(4):
                    connection.recv(3)
                    connection.sendall(b"\x12")
                answered.wait(10)

        thread = threading.Thread(target=answer_then_stall)
        thread.start()
        port = listener.getsockname()[1]
        printer = EscposTcpPrinter("127.0.0.1", port, JobEncoder(tmp_path / "escpos"), LIMITS)
        began = time.monotonic()
        outcome = printer.print_image(receipt().resize((384, 40_000)))
        spent = time.monotonic() - began
        answered.set()
        thread.join()
    assert outcome == unknown(PrintProblem.CUT_OFF)
    assert spent < 6 * LIMITS.answer_s + LIMITS.send_s + LIMITS.finish_s + 2


def test_jobs_of_two_threads_do_not_mix(paper_printer: EscposPrinter, printer: EscposTcpPrinter) -> None:
    outcomes: list[PrintOutcome] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(printer.print_image(receipt()))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.result for outcome in outcomes] == [PrintResult.PRINTED] * 3
    assert all(same_print(printed, receipt()) for printed in paper_printer.paper.receipts)
    assert len(paper_printer.paper.receipts) == 3
