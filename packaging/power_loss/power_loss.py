"""`make power-loss`: the power goes at a random moment after "approved"; no approved charge may be missing (faults.md 4).

A real terminal, enrolled at a real hub, approves offline in a machine of its own (`machine.py`). After each cut its
disk is mended and read on the host: every charge that the console told as approved must be there with its advice, and
the journal must verify. Two controls show that this bites: with `synchronous=NORMAL`, and with a file system that
never flushes its disk, approved charges must be missing.

Exit: 0 if FULL lost nothing and each control lost something, else 1.
"""

import argparse
import contextlib
import itertools
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from enrolled_disk import Stage, make_stage, take_out
from machine import Disk, Machine

from tests.system.processes import TerminalCommands

FOLDER: Final = Path(__file__).resolve().parents[2] / "build" / "power-loss"
_READY: Final = "guest ready"
_TOLD: Final = '"approved_offline"'
_BOOT_S: Final = 90.0
_APPROVAL_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 0.15
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Cuts of one kind. `most` approvals are waited for before a cut, at random from 1 on."""

    name: str
    form: str
    cuts: int
    most: int
    must_lose: bool
    environment: Mapping[str, str]
    mount: str = "barrier=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What one cut left. `lost`: told as approved, and not in the journal with its advice; `fault`: why it is unsound."""

    told: int
    lost: tuple[str, ...]
    entries: int
    fault: str


def all_series(cuts: int) -> tuple[Series, ...]:
    """The test, in both forms in which a charge is told, and its controls."""
    normal = {"MPS_TEST_BUILD": "1", "MPS_SQLITE_SYNCHRONOUS": "NORMAL"}
    few = max(4, cuts // 4)
    return (
        Series(name="FULL, window", form="window", cuts=cuts, most=25, must_lose=False, environment={}),
        Series(
            name="FULL, mps-pos charge", form="command", cuts=few, most=3, must_lose=False, environment={}
        ),
        Series(name="control: NORMAL", form="window", cuts=few, most=25, must_lose=True, environment=normal),
        Series(
            name="control: no flush",
            form="window",
            cuts=few,
            most=25,
            must_lose=True,
            environment={},
            mount="barrier=0",
        ),
    )


def main(arguments: list[str]) -> int:
    """Run every series, print the table."""
    parser = argparse.ArgumentParser(description="power lost after approved")
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    chosen = parser.parse_args(arguments)
    # However it is told to end, the machine and its disk go.
    signal.signal(signal.SIGTERM, _end)
    chance = random.Random(chosen.seed)
    _print(f"seed {chosen.seed}")
    stage = make_stage(FOLDER)
    is_good = True
    _print(f"{'series':<22}{'cuts':>5}{'approved':>10}{'lost':>6}{'unsound':>9}  outcome")
    for series in all_series(chosen.cuts):
        cuts = [_cut_once(stage, series, chance) for _ in range(series.cuts)]
        is_good &= _tell(series, cuts)
    return 0 if is_good else 1


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _tell(series: Series, cuts: list[Cut]) -> bool:
    lost = sum(len(cut.lost) for cut in cuts)
    faults = [cut.fault for cut in cuts if cut.fault]
    is_good = bool(lost) if series.must_lose else not lost and not faults
    wanted = "must lose" if series.must_lose else "must lose nothing"
    told = sum(cut.told for cut in cuts)
    outcome = f"{'as it should' if is_good else 'WRONG'} ({wanted})"
    _print(f"{series.name:<22}{len(cuts):>5}{told:>10}{lost:>6}{len(faults):>9}  {outcome}")
    if not series.must_lose:
        for missing in [entry for cut in cuts for entry in cut.lost][:_SHOWN] + faults[:_SHOWN]:
            _print(f"    {missing}")
    return is_good


def _cut_once(stage: Stage, series: Series, chance: random.Random) -> Cut:
    disk = stage.folder / "disk.img"
    shutil.copyfile(stage.disk, disk)
    wanted, pause_s = chance.randint(1, series.most), chance.uniform(0, _LONGEST_PAUSE_S)
    with _running(stage, series, disk) as machine:
        if not machine.wait_for(_READY, 1, _BOOT_S) or not machine.wait_for(_TOLD, wanted, _APPROVAL_S):
            raise RuntimeError("the guest approved nothing:\n" + "\n".join(machine.said[-40:]))
        time.sleep(pause_s)
        machine.cut()
        told = [json.loads(line)["entry_id"] for line in machine.said if _TOLD in line]
    return _look(disk, told)


@contextlib.contextmanager
def _running(stage: Stage, series: Series, image: Path) -> Iterator[Machine]:
    environment = {
        **series.environment,
        "POWER_LOSS_CODES": str(stage.codes),
        "POWER_LOSS_FORM": series.form,
        "POWER_LOSS_MOUNT": series.mount,
    }
    # A socket's path may have 107 characters: the tree's own can be longer.
    with tempfile.TemporaryDirectory(prefix="mps-power-") as folder:
        disk = Disk(image, Path(folder) / "disk")
        try:
            with Machine(disk, environment) as machine:
                yield machine
        finally:
            disk.cut()


def _look(disk: Path, told: list[str]) -> Cut:
    """What the next start would find."""
    terminal = take_out(disk, disk.parent / "found")
    proved = terminal.run("journal verify")
    entries = _entries(terminal)
    advised = {
        entry["id"]
        for entry, following in itertools.pairwise(entries)
        if entry["type"] == "charge" and following["type"] == "advice"
    }
    lost = tuple(entry_id for entry_id in told if entry_id not in advised)
    fault = f"journal verify: {proved.returncode}: {proved.stderr.strip()}" if proved.returncode else ""
    return Cut(told=len(told), lost=lost, entries=len(entries), fault=fault)


def _entries(terminal: TerminalCommands) -> list[dict[str, str]]:
    """The journal in short; nothing where it cannot be read at all."""
    listed = terminal.run("journal list", "--json")
    return [json.loads(line) for line in listed.stdout.splitlines()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
