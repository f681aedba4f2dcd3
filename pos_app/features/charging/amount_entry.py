"""An amount as it is typed: 299 means 299.00, and cents are never shifted in (design.md 1). Pure."""

from dataclasses import dataclass

from shared.money import MAX_AMOUNT, format_amount

KEYS = frozenset({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "."})


@dataclass(frozen=True, slots=True)
class AmountEntry:
    """What was typed so far, and how many decimals the currency has."""

    typed: str = ""
    exponent: int = 2

    @property
    def minor(self) -> int:
        """The amount in minor units; 0 while there is none."""
        whole, _, decimals = self.typed.partition(".")
        return int((whole or "0") + decimals.ljust(self.exponent, "0"))

    @property
    def text(self) -> str:
        """The amount as it is shown."""
        return format_amount(self.minor, self.exponent)

    @property
    def untyped(self) -> int:
        """How many characters at the end of `text` nobody typed: `.00` of 299.00 are three."""
        _, point, decimals = self.typed.partition(".")
        return self.exponent - len(decimals) + (0 if point or not self.exponent else 1)

    def with_key(self, key: str) -> "AmountEntry | None":
        """After a key of `KEYS`; None where it would make the amount too large. A decimal too many changes nothing."""
        if key == ".":
            if not self.exponent or "." in self.typed:
                return self
            return AmountEntry((self.typed or "0") + ".", self.exponent)
        grown = self.typed
        for digit in key:
            _, point, decimals = grown.partition(".")
            if point and len(decimals) >= self.exponent:
                break
            grown = digit if grown == "0" else grown + digit
        longer = AmountEntry(grown, self.exponent)
        return longer if longer.minor <= MAX_AMOUNT else None

    def without_last(self) -> "AmountEntry":
        """After ⌫."""
        return AmountEntry(self.typed[:-1], self.exponent)

    def cleared(self) -> "AmountEntry":
        """After 清除."""
        return AmountEntry("", self.exponent)
