"""A card's points as its holders see them (surface.md)."""

from shared.api.messages import Message
from shared.clock import WireInstant


class PointChange(Message):
    """What moved the points; `tx_no` of the movement that they came with, if any."""

    change: int
    before: int
    after: int
    reason: str
    tx_no: str | None = None
    at: WireInstant


class NextTier(Message):
    """The next tier, its rate in 1/10,000, and how many points are missing."""

    tier: int
    from_points: int
    rate: int
    missing: int


class PointList(Message):
    """A page of changes, the newest first, beside how the card stands; no `next_tier` above the highest."""

    points: int
    tier: int
    rate: int
    next_tier: NextTier | None = None
    items: tuple[PointChange, ...]
    next_cursor: str | None = None
