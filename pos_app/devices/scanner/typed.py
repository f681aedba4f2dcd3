"""A code's text as people and keyboards deliver it, put back into the form the code has."""

import re
from typing import Final

_FULL_WIDTH_TO_ASCII: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0x00A0: 0x20}
_NOT_TEXT: Final = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_UPPER_CASE_ONLY: Final = ("MPS1:", "MPS-TX:")
_CASE_MATTERS: Final = ("MPSD1:", "MPS-CHARGE:", "MPS-ENROL:")
_AIM_IDENTIFIER: Final = re.compile(r"^\]Q[0-9]")
_BASE45_CODE: Final = re.compile(r"MPS1:[0-9A-Z $%*+\-./:]+")
MAX_TYPED_CHARS: Final = 4_296
"""What the largest QR code holds."""


def folded(text: str) -> str:
    """Full-width letters, digits, signs and spaces as their ASCII; everything else as it is."""
    return text.translate(_FULL_WIDTH_TO_ASCII)


def text_of_typed(text: str) -> str:
    """Clean a typed, pasted or keyboard-scanned code: folded, trimmed, line breaks out, its case put right.

    A payment code is upper-case throughout (Base45); where case matters (a decision), a Caps Lock's swap is undone.
    Spaces inside stay: Base45 uses them. Longer texts than any QR code holds are cut one past the limit, so that
    whoever checks the length refuses them.
    """
    clean = _NOT_TEXT.sub("", folded(text[: 2 * MAX_TYPED_CHARS])).strip()[: MAX_TYPED_CHARS + 1]
    clean = _AIM_IDENTIFIER.sub("", clean)
    head = clean[:16].upper()
    if head.startswith(_UPPER_CASE_ONLY):
        return clean.upper()
    for prefix in _CASE_MATTERS:
        if clean.startswith(prefix.lower()):
            return clean.swapcase()
    return clean


def is_mangled(text: str) -> bool:
    """Whether cleaned scanner text was spoilt on its way: an input method was on, or the layout is another one.

    Codes of ours are ASCII, and what begins as a payment code must go on as one.
    """
    if not text.isascii():
        return True
    return text.upper().startswith("MPS1") and _BASE45_CODE.fullmatch(text) is None
