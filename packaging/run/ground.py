"""Where a run leaves what it makes, and the environment its programs get."""

import os
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
RUN: Final = ROOT / "build" / "run"
LOGS: Final = RUN / "logs"
HUB: Final = RUN / "hub"
TERMINAL: Final = RUN / "terminal"
_OURS: Final = ("MPS_HUB_", "MPS_POS_")


def clear_ground() -> None:
    """An empty `build/run/`: what is there afterwards is of this run."""
    shutil.rmtree(RUN, ignore_errors=True)
    for folder in (LOGS, HUB, TERMINAL):
        folder.mkdir(parents=True, exist_ok=True)


def clear_environment() -> None:
    """Forget the settings of any other hub or terminal of whoever calls: a run touches no database but its own."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    # The machine's key store is a person's own; a key that lives as long as the run belongs into its folder.
    os.environ["MPS_POS_KEY_STORE"] = "file"
