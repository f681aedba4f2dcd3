"""The bytes of a job: only the commands meant, whatever the picture; the library's import leaves no trace."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pos_app.devices.printer.encoding import JobEncoder, without_realtime_commands
from pos_app.receipts.content import ChargeKind
from pos_app.receipts.raster import render
from pos_app.receipts.rows import PaperWidth
from tests.fakes.escpos_printer import paper_of, write_pictures
from tests.unit.pos.printer.jobs import receipt, same_print
from tests.unit.pos.receipts.samples import HEADING, charge


@pytest.fixture
def encoder(tmp_path: Path) -> JobEncoder:
    return JobEncoder(tmp_path / "escpos")


@pytest.mark.parametrize("paper", PaperWidth)
def test_a_job_prints_its_picture_once_and_cuts_it_off(encoder: JobEncoder, paper: PaperWidth) -> None:
    printed = paper_of(encoder.encode(receipt(paper), cut=True, drawer=False))
    assert (len(printed.receipts), printed.cuts, printed.drawer_pulses, printed.unknown) == (1, 1, 0, [])
    assert same_print(printed.receipts[0], receipt(paper))


def test_the_drawer_opens_once_when_asked(encoder: JobEncoder) -> None:
    assert paper_of(encoder.encode(receipt(), cut=True, drawer=True)).drawer_pulses == 1


def test_a_picture_longer_than_one_block_has_no_seam(encoder: JobEncoder) -> None:
    noise = np.random.default_rng(7).random((2_500, 384)) < 0.5
    picture = without_realtime_commands(Image.fromarray(noise))
    assert same_print(paper_of(encoder.encode(picture, cut=True, drawer=False)).receipts[0], picture)


def test_printer_commands_in_a_name_give_no_command(encoder: JobEncoder) -> None:
    nasty = "\x1bp\x00\x19\xfa\x1dV\x00\x10\x14\x01\x00\x01王\x1b@"
    heading = dataclasses.replace(HEADING, store_name=nasty, cashier_name=nasty, footer=(nasty,))
    picture = render(charge(ChargeKind.COMPLETED, heading), "zh_TW", PaperWidth.MM_58)
    printed = paper_of(encoder.encode(picture, cut=True, drawer=False))
    assert (printed.drawer_pulses, printed.cuts, printed.text, printed.unknown) == (0, 1, b"", [])
    assert printed.realtime_in_pictures == 0


def test_dots_that_read_as_a_realtime_command_are_changed_by_one_dot(encoder: JobEncoder) -> None:
    rows = (
        b"".join(bytes((0x10, second, 1, 0)) for second in (0x04, 0x05, 0x14, 0x33))
        + b"\x00\x00\x00\x10\x14\x00\x00\x00"
    )
    picture = Image.frombytes("1", (32, 6), bytes(255 - byte for byte in rows))
    assert paper_of(encoder.encode(picture, cut=True, drawer=False)).realtime_in_pictures == 0
    changed = np.asarray(without_realtime_commands(picture)) != np.asarray(picture)
    assert changed.sum() == 4


@pytest.mark.parametrize("picture", [Image.new("L", (384, 10)), Image.new("1", (584, 10))])
def test_a_picture_that_is_no_receipt_is_refused(encoder: JobEncoder, picture: Image.Image) -> None:
    with pytest.raises(ValueError, match="one-bit picture"):
        encoder.encode(picture, cut=True, drawer=False)


def test_importing_the_library_adds_no_log_handler_and_no_variable(tmp_path: Path) -> None:
    script = """
import logging, os, sys, tempfile
from pathlib import Path
from PIL import Image
from pos_app.devices.printer.encoding import JobEncoder
assert "escpos" not in sys.modules
cache = Path(sys.argv[1])
JobEncoder(cache).encode(Image.new("1", (8, 8)), cut=True, drawer=False)
assert "escpos" in sys.modules
assert logging.root.handlers == [], logging.root.handlers
assert "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ
assert [f.suffix for f in cache.iterdir()] == [".pickle"]
assert cache.stat().st_mode & 0o077 == 0
"""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ESCPOS_")}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "cache")],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_file_of_jobs_becomes_one_picture_a_receipt(encoder: JobEncoder, tmp_path: Path) -> None:
    binary = tmp_path / "receipts.bin"
    binary.write_bytes(encoder.encode(receipt(), cut=True, drawer=False) * 2)
    written = write_pictures(binary, tmp_path)
    assert [path.name for path in written] == ["receipts-1.png", "receipts-2.png"]
    assert same_print(Image.open(written[1]), receipt())
