"""The one payment code that was read and not used yet: its secret lives here and nowhere else (protocol.md 4)."""

import threading
import unicodedata

from shared.payment_code import PREFIX, PaymentCode

_EDGES = "\r\n\t\0"


class CodeInHand:
    """Holds at most one code; safe from any thread."""

    def __init__(self) -> None:
        """Empty."""
        self._lock = threading.Lock()
        self._code: PaymentCode | None = None

    def take(self, code: PaymentCode) -> None:
        """Hold this one; what was held is wiped."""
        with self._lock:
            self._wipe()
            self._code = code

    def held(self, code_ref: str) -> PaymentCode | None:
        """The code of that name, if it is the one held."""
        with self._lock:
            code = self._code
            return code if code is not None and code.claims.code_ref == code_ref else None

    def forget(self) -> None:
        """Wipe it."""
        with self._lock:
            self._wipe()

    def _wipe(self) -> None:
        if self._code is not None:
            self._code.wipe()
        self._code = None


def folded(text: str) -> str:
    """What a scanner behind an input method, or a paste, makes of a code: full width, lower case, line ends."""
    plain = unicodedata.normalize("NFKC", text[:4096]).strip(_EDGES)
    return plain.upper() if plain[: len(PREFIX)].upper() == PREFIX else plain
