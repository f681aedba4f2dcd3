"""Row 3: the disk is full, or a file may grow no more. Refused before anything is approved, plainly, the journal intact."""

import json
import subprocess
from pathlib import Path
from typing import Final

from pos_app.command_line.app import run as run_pos
from tests.fakes.line import Line, LineFault
from tests.injectors.full_disk import FullDisk, no_file_over
from tests.injectors.strace import WRITE, Tracer
from tests.system.faults.counter import APPROVED, FAULT, IN_DOUBT, Counter
from tests.system.witness import own_types

# From not enough to open the file, past not enough for the charge, to enough for it and not for what comes after.
FILE_LIMITS: Final = (20_000, 70_000, 130_000)
ROOMS: Final = (8_192, 40_960)
_PLAIN: Final = "disk"


def test_a_file_that_may_grow_no_more_refuses_the_charge_before_it_is_approved(
    counter: Counter, line: Line
) -> None:
    refused = 0
    for fault, limits in ((LineFault.NONE, FILE_LIMITS), (LineFault.REFUSE, FILE_LIMITS[1:2])):
        line.become(fault)
        for limit in limits:
            before = own_types(counter.folder)
            done = counter.charge(prefix=no_file_over(limit))
            refused += _was_refused(done, before, counter.folder)
    assert refused >= 2, "the limits are too large to be felt"
    line.become(LineFault.NONE)
    assert counter.charge().returncode == APPROVED, "with room again it does not go on"
    counter.ended_well()


def test_a_full_disk_refuses_the_charge_before_it_is_approved(
    counter: Counter, line: Line, tmp_path: Path
) -> None:
    refused, home = 0, counter.folder
    line.become(LineFault.REFUSE)
    for number, room in enumerate(ROOMS):
        before = own_types(counter.folder)
        kept, place = tmp_path / f"kept-{number}", tmp_path / "place"
        kept.mkdir()
        place.mkdir(exist_ok=True)
        disk = FullDisk(place, counter.folder, kept)
        counter.folder = place
        done = counter.charge(prefix=disk.with_room_for(room))
        counter.folder = kept
        refused += _was_refused(done, before, kept)
    assert refused, "the disk is too large to be full"
    line.become(LineFault.NONE)
    assert counter.charge().returncode == APPROVED
    counter.ended_well()
    assert home.exists()


def test_no_space_in_the_middle_of_a_commit_leaves_nothing_of_it(
    counter: Counter, line: Line, tmp_path: Path
) -> None:
    line.become(LineFault.REFUSE)
    tracer = Tracer(counter.folder / "terminal.db-wal", tmp_path / "strace.log")
    assert counter.charge(prefix=tracer.watching()).returncode == APPROVED
    writes = sum(call in WRITE for call in tracer.seen())
    before = own_types(counter.folder)
    # The last write but a few is in the midst of the charge's own commit.
    done = counter.charge(prefix=tracer.failing(WRITE, "ENOSPC", f"{writes - 5}+"))
    assert tracer.injected()
    assert _was_refused(done, before, counter.folder)
    line.become(LineFault.NONE)
    counter.ended_well()


def _was_refused(done: subprocess.CompletedProcess[str], before: list[str], folder: Path) -> bool:
    """Whether nothing was charged; what was said is true in any case, and the journal is whole."""
    assert "a fault of ours" not in done.stderr, done.stderr
    assert run_pos(["journal", "verify", "--data-dir", str(folder)]) == 0
    added = own_types(folder)[len(before) :]
    if done.returncode == FAULT:
        assert _PLAIN in done.stderr, done.stderr
        assert not done.stdout
        assert "charge" not in added, "said to be not charged, but written"
        return True
    assert done.returncode in (APPROVED, IN_DOUBT), (done.returncode, done.stdout, done.stderr)
    assert "charge" in added
    status = json.loads(done.stdout)["status"]
    assert status == "in_doubt" if done.returncode == IN_DOUBT else status.startswith("approved")
    return False
