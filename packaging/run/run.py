"""`make run`: the hub, the terminal's window, a camera, a printer and a line, on this machine and nowhere else.

With a display the window stays open to play with. With none, or with `CI=true`, the real window is driven through a
whole story under Xvfb, and the exit code is 0 only if all of it happened.
"""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ground import LOGS, ROOT, RUN, clear_environment, clear_ground
from virtual_display import virtual_display

_DRIVEN: Final = "--driven"
_LONGEST_S: Final = 170
_TIDY_UP_S: Final = 25
_NO: Final = frozenset({"", "0", "false", "no"})


def main(arguments: list[str]) -> int:
    """Choose between playing and driving."""
    # However it is told to end, everything that was started is stopped again.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    if arguments == [_DRIVEN]:
        from story import tell_story  # not before there is a display

        return tell_story()
    clear_environment()
    clear_ground()
    if _is_watched():
        from play import play

        return play()
    return _drive()


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _is_watched() -> bool:
    if os.environ.get("CI", "").lower() not in _NO:
        return False
    has_own_desktop = sys.platform in {"darwin", "win32"}
    return has_own_desktop or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _drive() -> int:
    """This program again, under Xvfb, with a bound on its time."""
    try:
        with virtual_display(LOGS / "xvfb.log") as display:
            return _driven_on(display)
    except RuntimeError as why:
        _say(f"make run: {why}")
    except KeyboardInterrupt:
        _say("make run: stopped")
    return 1


def _driven_on(display: str) -> int:
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    for name in ("WAYLAND_DISPLAY", "XAUTHORITY", "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, __file__, _DRIVEN], env=environment, cwd=ROOT, start_new_session=True
    )
    try:
        return process.wait(_LONGEST_S)
    except subprocess.TimeoutExpired:
        _say(f"make run: not done after {_LONGEST_S} s; see {LOGS.relative_to(ROOT)}")
        return 1
    finally:
        _end_all(process)


def _end_all(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to tidy up; then nothing of its session is left, whatever it did."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TIDY_UP_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.chdir(ROOT)
    RUN.mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(1)
