"""What becomes of an adjustment, and whose account stands on its other side."""

from enum import StrEnum


class AdjustmentState(StrEnum):
    """Nothing moves before the second person."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


TRANSITIONS: dict[AdjustmentState, frozenset[AdjustmentState]] = {
    AdjustmentState.PROPOSED: frozenset({AdjustmentState.APPROVED, AdjustmentState.REFUSED}),
    AdjustmentState.APPROVED: frozenset(),
    AdjustmentState.REFUSED: frozenset(),
}
