"""Where an export could go on this machine: what is plugged in first, then the person's own folders."""

import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MOST: Final = 3


def places() -> list[Path]:
    """Folders that can be written to, the best first, at most three."""
    found: list[Path] = []
    for folder in _candidates():
        if len(found) < MOST and folder not in found and folder.is_dir() and os.access(folder, os.W_OK):
            found.append(folder)
    return found


def _candidates() -> Iterator[Path]:
    for parent in _mounts():
        if parent.is_dir() and os.access(parent, os.R_OK):
            yield from sorted(parent.iterdir())
    home = Path.home()
    yield from (home / "Documents", home / "Desktop", home)


def _mounts() -> list[Path]:
    """Where the system puts what is plugged in."""
    if sys.platform == "darwin":
        return [Path("/Volumes")]
    if sys.platform == "win32":
        return []
    return [Path("/media") / getpass.getuser(), Path("/run/media") / getpass.getuser()]
