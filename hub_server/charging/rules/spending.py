"""What cards and those who pay with them have spent in a day. Amounts in minor units."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Standing charges of a card by one member (None: a shared screen) in a day: what was paid and not given back."""

    card_id: str
    member_id: str | None
    day: date
    amount: int


class DaySpending:
    """Sums that follow while charges are decided."""

    def __init__(self, spent: Iterable[Spent]) -> None:
        """Begin with what was read."""
        self._cards: defaultdict[tuple[str, date], int] = defaultdict(int)
        self._members: defaultdict[tuple[str, str | None, date], int] = defaultdict(int)
        for item in spent:
            self.add(item)

    def add(self, spent: Spent) -> None:
        """Count a charge; a negative amount is one that goes back."""
        self._cards[spent.card_id, spent.day] += spent.amount
        self._members[spent.card_id, spent.member_id, spent.day] += spent.amount

    def by_card(self, card_id: str, day: date) -> int:
        """All that was spent with the card."""
        return self._cards[card_id, day]

    def by_member(self, card_id: str, member_id: str | None, day: date) -> int:
        """What this member spent with the card."""
        return self._members[card_id, member_id, day]
