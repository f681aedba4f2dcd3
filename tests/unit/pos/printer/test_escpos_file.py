"""A file in a printer's place."""

from pathlib import Path

import pytest

from pos_app.devices.printer.encoding import JobEncoder
from pos_app.devices.printer.escpos_file import EscposFilePrinter
from pos_app.devices.printer.port import (
    PRINTED,
    NoPrinter,
    PrinterStatus,
    PrintOutcome,
    PrintProblem,
    PrintResult,
    not_printed,
)
from tests.fakes.escpos_printer import paper_of
from tests.unit.pos.printer.jobs import receipt


def file_printer(path: Path, cache: Path) -> EscposFilePrinter:
    return EscposFilePrinter(path, JobEncoder(cache / "escpos"))


def test_jobs_are_appended(tmp_path: Path) -> None:
    target = tmp_path / "receipts.bin"
    printer = file_printer(target, tmp_path)
    assert printer.status() == PrinterStatus.READY
    assert [printer.print_image(receipt()), printer.print_image(receipt(), drawer=True)] == [PRINTED, PRINTED]
    printed = paper_of(target.read_bytes())
    assert (len(printed.receipts), printed.drawer_pulses, printed.unknown) == (2, 1, [])


def test_without_a_cut_the_paper_goes_on(tmp_path: Path) -> None:
    target = tmp_path / "receipts.bin"
    printer = file_printer(target, tmp_path)
    printer.print_image(receipt(), cut=False)
    printer.print_image(receipt(), cut=False)
    printed = paper_of(target.read_bytes())
    assert (len(printed.receipts), printed.cuts) == (1, 0)
    assert printed.receipts[0].height == 2 * receipt().height


@pytest.mark.parametrize("missing", ["nowhere/receipts.bin", "."])
def test_a_file_that_cannot_be_written_is_told_and_nothing_is_made(tmp_path: Path, missing: str) -> None:
    printer = file_printer(tmp_path / missing, tmp_path / "cache")
    assert printer.status() == PrinterStatus.OFFLINE
    assert printer.print_image(receipt()) == not_printed(PrintProblem.FILE)
    assert not (tmp_path / "nowhere").exists()


def test_no_printer_prints_nothing_and_says_so() -> None:
    assert NoPrinter().status() == PrinterStatus.NOT_CONFIGURED
    assert not NoPrinter().status().can_print
    assert NoPrinter().print_image(receipt()) == not_printed(PrintProblem.NOT_CONFIGURED)


def test_an_outcome_without_a_reason_or_a_success_with_one_cannot_be() -> None:
    with pytest.raises(ValueError, match="no problem"):
        PrintOutcome(PrintResult.UNKNOWN)
    with pytest.raises(ValueError, match="no problem"):
        PrintOutcome(PrintResult.PRINTED, PrintProblem.PAPER_OUT)
