"""Passwords of admins and merchants' people: bcrypt, slow on purpose, and so never in a transaction or a crowd."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import bcrypt

from hub_server.access.rules import MAX_PASSWORD_BYTES
from shared.problems import Code, CodedError

AT_ONCE = 2
IN_LINE = 16
"""Checks that run, and that run or wait: a flood of sign-ins is shed, and leaves the processors to the charges."""


class Passwords:
    """Hashes and checks; one for each process."""

    def __init__(self, cost: int) -> None:
        """`cost` is bcrypt's: each more doubles the work."""
        self._cost = cost
        # Nobody's: the same work, and never equal.
        self._nobodys = f"$2b${cost:02d}$" + "." * 53
        self._running = threading.Semaphore(AT_ONCE)
        self._line = threading.Semaphore(IN_LINE)

    @contextmanager
    def in_line(self) -> Iterator[None]:
        """Hold a place for a check, from before anything is counted.

        Raises:
            CodedError: SYSTEM_BUSY; the line is full, and nothing was counted.
        """
        if not self._line.acquire(blocking=False):
            raise CodedError(Code.SYSTEM_BUSY, "too many sign-ins at once")
        try:
            yield
        finally:
            self._line.release()

    def hash(self, password: str) -> str:
        """bcrypt of a password that `password_fault` found nothing wrong with."""
        with self._running:
            return bcrypt.hashpw(_bytes(password), bcrypt.gensalt(self._cost)).decode("ascii")

    def check(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password; without a hash (nobody's) the same work, and false."""
        shown = _bytes(password)
        kept = password_hash or self._nobodys
        with self._running:
            is_same = bcrypt.checkpw(shown[:MAX_PASSWORD_BYTES], kept.encode("ascii"))
        # bcrypt knows 72 bytes: a longer one was never set, so it is nobody's.
        return is_same and password_hash is not None and len(shown) <= MAX_PASSWORD_BYTES


def _bytes(password: str) -> bytes:
    # One way to write what looks the same: keyboards differ (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFC", password).encode("utf-8")
