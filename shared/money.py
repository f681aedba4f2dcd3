"""Money: integer minor units and a currency; never a float (domain.md, Money)."""

import re
from dataclasses import dataclass

MIN_AMOUNT = 1
MAX_AMOUNT = 99_999_999
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class InvalidAmount(ValueError):
    """The text or number is not an amount that may be charged (`INVALID_AMOUNT`)."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency, in minor units; may be zero or negative (a balance, a correction)."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse floats, booleans and anything that is not an ISO 4217 code."""
        if type(self.amount) is not int:
            raise TypeError("an amount is an integer of minor units")
        if not is_currency(self.currency):
            raise ValueError("a currency is three capitals (ISO 4217)")

    def __add__(self, other: "Money") -> "Money":
        """Sum of two amounts of one currency."""
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Difference of two amounts of one currency."""
        return Money(self.amount - self._same(other), self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other.amount


def is_currency(text: str) -> bool:
    """Whether the text is spelled as an ISO 4217 code: three capitals."""
    return _CURRENCY.fullmatch(text) is not None


def is_chargeable(amount: int) -> bool:
    """Whether the amount lies in the bounds of domain.md: 1 … 99,999,999 minor units."""
    return MIN_AMOUNT <= amount <= MAX_AMOUNT


def parse_amount(text: str, exponent: int) -> int:
    """Decimal text, as people type it, to minor units: "299" and "299.00" are 29900 at exponent 2.

    Raises:
        InvalidAmount: not plain decimal digits, too many decimals, or outside 1 … 99,999,999.
    """
    decimals = rf"(?:\.([0-9]{{1,{exponent}}}))?" if exponent else r"()?"
    match = re.fullmatch(rf"([0-9]{{1,12}}){decimals}", text, re.ASCII)
    if match is None:
        raise InvalidAmount("not a decimal amount")
    amount = int(match[1] + (match[2] or "").ljust(exponent, "0"))
    if not is_chargeable(amount):
        raise InvalidAmount(f"outside {MIN_AMOUNT} … {MAX_AMOUNT} minor units")
    return amount


def format_amount(amount: int, exponent: int, *, grouping: bool = True) -> str:
    """Minor units to decimal text: 128405 is "1,284.05" at exponent 2; a negative one begins with "-"."""
    whole, fraction = divmod(abs(amount), int(10**exponent))
    text = f"{whole:,}" if grouping else str(whole)
    if exponent:
        text += f".{fraction:0{exponent}d}"
    return f"-{text}" if amount < 0 else text
