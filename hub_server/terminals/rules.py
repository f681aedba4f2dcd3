"""Enrolment codes as people read and type them: Crockford's Base32; and the numbers of terminals. Pure."""

from collections.abc import Iterable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def next_terminal_no(taken: Iterable[str]) -> str:
    """One more than the greatest number of a store's terminals: after a restore there may be gaps among them."""
    numbers = [int(number[1:]) for number in taken if number[1:].isdecimal()]
    return f"T{max(numbers, default=0) + 1:03d}"


def enrolment_code(random_bytes: bytes) -> str:
    """A code of 10 characters (50 bits) from 10 unpredictable bytes.

    Raises:
        ValueError: not 10 bytes.
    """
    if len(random_bytes) != LENGTH:
        raise ValueError(f"{LENGTH} bytes are needed")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in random_bytes)


def read_enrolment_code(typed: str) -> str | None:
    """The code that somebody typed, case, dashes and look-alikes forgiven; None if it can be none."""
    code = typed.strip().upper().translate(_FORGIVEN)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def enrolment_qr(hub: str, code: str) -> str:
    """What the QR on the manager's screen says: the hub's address and the code (protocol.md 3)."""
    return f"MPS-ENROL:{hub}#{code}"
