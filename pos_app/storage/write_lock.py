"""The exclusive lock of the one program that may write to a data directory (protocol.md 4)."""

import os
import sys
from pathlib import Path

from pos_app.storage.errors import DataDirectoryInUse

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriteLock:
    """Held from its making to `release`; the operating system releases it when the process dies."""

    def __init__(self, path: Path) -> None:
        """Take the lock at once.

        Raises:
            DataDirectoryInUse: another program holds it.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise DataDirectoryInUse(f"another program writes to {path.parent}") from error

    def release(self) -> None:
        """Let others write."""
        os.close(self._descriptor)
