"""The printer that the other tests trust: it understands what a printer must, and counts what it does not."""

from pathlib import Path

import pytest

from pos_app.devices.printer.encoding import JobEncoder
from tests.fakes.escpos_printer import Fault, Interpreter, paper_of
from tests.unit.pos.printer.jobs import receipt, same_print


def test_bytes_in_pieces_of_any_size_print_the_same(tmp_path: Path) -> None:
    job = JobEncoder(tmp_path / "escpos").encode(receipt(), cut=True, drawer=True)
    for size in (1, 7, 4_096):
        interpreter = Interpreter()
        for start in range(0, len(job), size):
            interpreter.feed(job[start : start + size])
        assert same_print(interpreter.paper.receipts[0], receipt())
        assert (interpreter.paper.drawer_pulses, interpreter.paper.unknown) == (1, [])


def test_the_graphics_commands_print_too() -> None:
    from escpos.printer import Dummy  # here, not above: its import adds a log handler where there is none

    job = Dummy(profile="TM-T20II")
    job.image(receipt().crop((0, 0, 384, 300)), impl="graphics")
    job.cut()
    printed = paper_of(job.output)
    assert same_print(printed.receipts[0], receipt().crop((0, 0, 384, 300)))
    assert printed.unknown == []


@pytest.mark.parametrize("strange", [b"\x1b\xff", b"\x1dV\x09", b"\x1c&", b"\x01", b"\x1d(k\x03\x00"])
def test_what_is_no_known_command_is_counted(strange: bytes) -> None:
    assert paper_of(b"\x1b@" + strange).unknown[0] == strange[:3]


def test_letters_outside_a_picture_are_kept_as_text() -> None:
    assert paper_of(b"\x1b@\x1ba\x01abc\n\x1bJ\x10").text == b"abc"


def test_a_printer_without_paper_keeps_the_job_answers_how_it_is_and_prints_once_mended(
    tmp_path: Path,
) -> None:
    interpreter = Interpreter()
    interpreter.fault = Fault.PAPER_OUT
    job = JobEncoder(tmp_path / "escpos").encode(receipt(), cut=True, drawer=False)
    assert interpreter.feed(job + b"\x1dr\x01\x10\x04\x01\x10\x04\x04") == b"\x1a\x72"
    assert interpreter.paper.receipts == []
    assert interpreter.mend() == b"\x00"
    assert len(interpreter.paper.receipts) == 1
