"""The terminal's own log: what a person who was not there reads afterwards. No secret is ever handed to a logger."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

logger = logging.getLogger("mps.pos.command_line")

LOG_FILE: Final = Path("logs") / "terminal.log"
MAX_BYTES: Final = 1 << 20
FILES: Final = 5
_FORMAT: Final = "%(asctime)s %(process)d %(threadName)s %(levelname)s %(name)s: %(message)s"
_OURS: Final = ("mps.", "pos_app.")


@contextmanager
def log_file(data_dir: Path) -> Iterator[None]:
    """While the block runs, INFO and above of ours and WARNING and above of others' go to `<data_dir>/logs/terminal.log`,
    and so does every exception that nothing caught: in a thread, in the window's loop or on the way out."""
    root, handler = logging.getLogger(), _LogFile(data_dir)
    before, thread_hook, hook = root.level, threading.excepthook, sys.excepthook
    root.addHandler(handler)
    root.setLevel(min(before, logging.INFO))
    threading.excepthook = _thread_failed
    sys.excepthook = _failed
    try:
        yield
    finally:
        sys.excepthook = hook
        threading.excepthook = thread_hook
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()


class _LogFile(RotatingFileHandler):
    """Made, with its folder, by the first record; readable by its owner alone."""

    def __init__(self, data_dir: Path) -> None:
        self._folders = (data_dir, (data_dir / LOG_FILE).parent)
        self._is_broken = False
        super().__init__(
            data_dir / LOG_FILE, maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True
        )
        self.setLevel(logging.INFO)
        self.setFormatter(logging.Formatter(_FORMAT))
        self.addFilter(_is_wanted)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A log that cannot be written must not stop the counter: it is said on standard error, once."""
        if not self._is_broken:
            self._is_broken = True
            super().handleError(record)

    def _open(self) -> TextIOWrapper:
        for folder in self._folders:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(self.baseFilename).touch(mode=0o600)
        return super()._open()


def _is_wanted(record: logging.LogRecord) -> bool:
    # An HTTP client tells of each request, several a second: that would push out what matters.
    return record.levelno >= logging.WARNING or record.name.startswith(_OURS)


def _thread_failed(fault: threading.ExceptHookArgs) -> None:
    name = "a thread" if fault.thread is None else fault.thread.name
    error = fault.exc_value
    logger.critical("nothing caught what failed in %s", name, exc_info=error)


def _failed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Qt's calls of ours end here too: PySide hands what they raise to `sys.excepthook`."""
    logger.critical("nothing caught a %s", kind.__name__, exc_info=(kind, error, trace))
