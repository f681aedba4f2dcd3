"""What every cut begins with: a terminal that a real hub enrolled, codes of that hub, and a disk that holds the first."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.system.processes import HubProcess, TerminalCommands

CODES: Final = 30
"""As many as the default policy lets a terminal approve between two contacts."""
_DISK: Final = "64M"
_LONGEST_CODE_LIFE_S: Final = "3600"
_DATA: Final = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """`disk` is the image of a sound, enrolled terminal; `codes` a file with one payment code a line."""

    folder: Path
    disk: Path
    codes: Path


def make_stage(folder: Path) -> Stage:
    """Enrol at a hub that is gone before the first cut."""
    shutil.rmtree(folder, ignore_errors=True)
    contents, hub_folder = folder / "contents", folder / "hub"
    contents.mkdir(parents=True)
    settings = {"MPS_HUB_CODE_TTL_S": _LONGEST_CODE_LIFE_S, "MPS_HUB_PIN_BCRYPT_COST": "4"}
    with HubProcess(hub_folder, environment=settings) as hub:
        demo = hub.demo_data()
        TerminalCommands(contents / _DATA).enrol(hub.url, demo["enrolment_code"])
        lines = folder / "codes.jsonl"
        loaded = hub.run("load-data", "--cards", str(CODES), "--codes", str(lines))
        if loaded.returncode:
            raise RuntimeError(f"no codes: {loaded.stderr[-2000:]}")
    codes = folder / "codes.txt"
    codes.touch(mode=0o600)
    codes.write_text("".join(json.loads(line)["code"] + "\n" for line in lines.read_text().splitlines()))
    disk = folder / "enrolled.img"
    quietly("mke2fs", "-q", "-t", "ext4", "-d", str(contents), str(disk), _DISK)
    return Stage(folder=folder, disk=disk, codes=codes)


def take_out(disk: Path, into: Path) -> TerminalCommands:
    """The terminal as the next start finds it: the file system's own recovery, then its files.

    Raises:
        RuntimeError: the file system cannot be mended or read.
    """
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    # 1: the file system was mended, which replaying its journal is.
    quietly("e2fsck", "-f", "-y", str(disk), fine=(0, 1))
    quietly("debugfs", "-R", f"rdump /{_DATA} {into}", str(disk))
    return TerminalCommands(into / _DATA)


def quietly(*words: str, fine: tuple[int, ...] = (0,)) -> None:
    """Run a program whose output matters only if it fails.

    Raises:
        RuntimeError: it failed.
    """
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode not in fine:
        raise RuntimeError(f"{words[0]}: {done.returncode}: {done.stdout[-1000:]}{done.stderr[-1000:]}")
