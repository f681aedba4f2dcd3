"""A display that nobody sees: Xvfb on a number that it finds free itself."""

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SCREEN: Final = "1280x800x24"
_START_S: Final = 20
_STOP_S: Final = 10


@contextmanager
def virtual_display(log: Path) -> Iterator[str]:
    """Start Xvfb and give what belongs into `DISPLAY`; it ends with the block.

    Raises:
        RuntimeError: it is not installed, or does not start.
    """
    told, tell = os.pipe()
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                ["Xvfb", "-displayfd", str(tell), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
                pass_fds=(tell,),
                stdout=output,
                stderr=subprocess.STDOUT,
                # A Ctrl-C is for the window, which must still have its display while it tidies up.
                start_new_session=True,
            )
        except FileNotFoundError as missing:
            raise RuntimeError("Xvfb is not installed; `make setup` says what to do") from missing
        finally:
            os.close(tell)
    try:
        yield f":{_number(told, log)}"
    finally:
        os.close(told)
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_STOP_S)


def _number(told: int, log: Path) -> int:
    ready, _, _ = select.select([told], [], [], _START_S)
    said = os.read(told, 16).strip() if ready else b""
    if not said:
        raise RuntimeError(f"Xvfb did not start: {log.read_text(errors='replace')[-1000:]}")
    return int(said)
