"""What the decision says: amounts to post and the card as it stands afterwards."""

from dataclasses import dataclass
from enum import StrEnum

from shared.problems import Refusal


class Side(StrEnum):
    """An account by its part in the movement."""

    CARD = "card"
    OVERDRAFT = "overdraft"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Leg:
    """One posting: `amount` > 0 minor units from debit to credit."""

    debit: Side
    credit: Side
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The charge stands.

    Attributes:
        card_id: None in training, where nothing moves.
        member_id: who presented the code; None for a shared screen's.
        points_before, points_after: of the card; the difference was earned.
        overdrawn: the balance went below zero.
        was_used_before: this is a second standing use of the code, at least one of them by advice.
        froze_card: so the card was frozen by this very use.
        needs_manager: over the soft total of the offline rules.
    """

    card_id: str | None
    code_ref: str
    member_id: str | None
    payable: int
    rate: int
    legs: tuple[Leg, ...] = ()
    points_before: int = 0
    points_after: int = 0
    tier: int = 0
    offline: bool = False
    overdrawn: bool = False
    was_used_before: bool = False
    froze_card: bool = False
    needs_manager: bool = False

    @property
    def points_earned(self) -> int:
        """What the charge added."""
        return self.points_after - self.points_before


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing moves."""

    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The charge was undone: `amount` went back, points were taken back, the code's use released."""

    card_id: str
    amount: int
    legs: tuple[Leg, ...]
    points_before: int
    points_after: int
    tier: int
    overdrawn: bool

    @property
    def points_earned(self) -> int:
        """The negative claw-back."""
        return self.points_after - self.points_before


Answer = Completed | Declined | Returned


def legs_of_payment(balance: int, amount: int) -> tuple[Leg, ...]:
    """From the card what it holds, the rest from its overdraft: the card's account never goes below zero."""
    from_card = max(0, min(balance, amount))
    return _legs((Side.CARD, Side.MERCHANT, from_card), (Side.OVERDRAFT, Side.MERCHANT, amount - from_card))


def legs_of_return(balance: int, amount: int) -> tuple[Leg, ...]:
    """What goes back repays the overdraft first."""
    repaid = max(0, min(-balance, amount))
    return _legs((Side.MERCHANT, Side.OVERDRAFT, repaid), (Side.MERCHANT, Side.CARD, amount - repaid))


def _legs(*moves: tuple[Side, Side, int]) -> tuple[Leg, ...]:
    return tuple(Leg(debit, credit, amount) for debit, credit, amount in moves if amount > 0)
