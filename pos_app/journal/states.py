"""What a charge is to this terminal, and which way from there (style.md, Types and state)."""

from enum import Enum
from typing import Final


class ChargeState(Enum):
    """A charge's state here.

    Durable and in doubt: nobody knows. Completed: the hub's signed word. Advised: approved here, the hub's word is
    awaited; then settled, or rejected (the merchant's loss). Declined: the hub refused it for ever. Reversed: given
    up or cancelled here, whatever the hub says later.
    """

    DURABLE = "durable"
    IN_DOUBT = "in_doubt"
    COMPLETED = "completed"
    DECLINED = "declined"
    ADVISED = "advised"
    SETTLED = "settled"
    REJECTED = "rejected"
    REVERSED = "reversed"

    @property
    def is_open(self) -> bool:
        """No decision, advice or reversal yet."""
        return self in (ChargeState.DURABLE, ChargeState.IN_DOUBT)

    @property
    def is_standing(self) -> bool:
        """Completed or advised, and neither rejected nor reversed (protocol.md 5, offline rule 1)."""
        return self in (ChargeState.COMPLETED, ChargeState.ADVISED, ChargeState.SETTLED)


TRANSITIONS: Final[dict[ChargeState, frozenset[ChargeState]]] = {
    ChargeState.DURABLE: frozenset(
        {
            ChargeState.COMPLETED,
            ChargeState.DECLINED,
            ChargeState.IN_DOUBT,
            ChargeState.ADVISED,
            ChargeState.REVERSED,
        }
    ),
    ChargeState.IN_DOUBT: frozenset(
        {ChargeState.COMPLETED, ChargeState.DECLINED, ChargeState.ADVISED, ChargeState.REVERSED}
    ),
    ChargeState.COMPLETED: frozenset({ChargeState.REVERSED}),
    ChargeState.ADVISED: frozenset({ChargeState.SETTLED, ChargeState.REJECTED, ChargeState.REVERSED}),
    ChargeState.SETTLED: frozenset({ChargeState.REVERSED}),
    ChargeState.DECLINED: frozenset(),
    ChargeState.REJECTED: frozenset(),
    ChargeState.REVERSED: frozenset(),
}
