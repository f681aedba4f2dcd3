"""Card numbers: `STD`, `PRE`, `COR`, `VOU` and 8 digits, the last of them a check digit (domain.md, Numbers people read)."""

import re

from hub_server.cards.states import CardTypeName

PREFIXES: dict[CardTypeName, str] = {
    CardTypeName.STANDARD: "STD",
    CardTypeName.PREPAID: "PRE",
    CardTypeName.CORPORATE: "COR",
    CardTypeName.VOUCHER: "VOU",
}
_TYPES = {prefix: card_type for card_type, prefix in PREFIXES.items()}
MAX_SERIAL = 9_999_999
_CARD_NO = re.compile(r"(?:STD|PRE|COR|VOU)[0-9]{8}", re.ASCII)
# Damm's quasigroup of order 10: one wrong digit, or two neighbours exchanged, never keeps the check.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def card_number(card_type: CardTypeName, serial: int) -> str:
    """The number of the card with this serial: seven digits of it and their check digit.

    Raises:
        ValueError: the serial does not fit seven digits.
    """
    if not 1 <= serial <= MAX_SERIAL:
        raise ValueError("card numbers are used up")
    digits = f"{serial:07d}"
    return f"{PREFIXES[card_type]}{digits}{_damm(digits)}"


def is_card_number(text: str) -> bool:
    """Whether the text is a card number whose check digit holds."""
    return _CARD_NO.fullmatch(text) is not None and _damm(text[3:]) == 0


def type_of_number(text: str) -> CardTypeName | None:
    """Which type of card such a number names, whether or not there is one; none for what is no card number."""
    if not is_card_number(text) or int(text[3:-1]) == 0:
        return None
    return _TYPES[text[:3]]


def last4(card_no: str) -> int:
    """The number's last four digits, as a certificate names them."""
    return int(card_no[-4:])


def _damm(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim
