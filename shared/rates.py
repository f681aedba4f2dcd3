"""Rates in 1/10,000, the one rounding, and the points of an amount (domain.md, Money, Tiers and points)."""

FULL_RATE = 10_000


def payable(raw_amount: int, rate: int) -> int:
    """`round_half_up(raw_amount × rate)` to one minor unit.

    Args:
        raw_amount: minor units, not negative.
        rate: 0 … 10,000; 9,500 is 95 折.

    Raises:
        ValueError: outside those bounds.
    """
    if raw_amount < 0 or not 0 <= rate <= FULL_RATE:
        raise ValueError("amount or rate out of bounds")
    return (raw_amount * rate + FULL_RATE // 2) // FULL_RATE


def points_for(raw_amount: int, exponent: int) -> int:
    """`floor(raw_amount in major units)`: what a completed charge earns before any promotion."""
    return raw_amount // int(10**exponent)
