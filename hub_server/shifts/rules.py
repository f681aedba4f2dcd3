"""Comparing what a terminal reports with what the hub knows. Pure; amounts in minor units."""

from dataclasses import dataclass

from shared.journal_entries import ShiftCloseData


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSums:
    """The hub's own figures of a shift at its closing: what its charges took, and what of that went back."""

    charged: int = 0
    given_back: int = 0


def difference(reported: ShiftCloseData, own: OwnSums) -> int:
    """The reported net minus the hub's own: zero where both agree."""
    net = reported.charged - reported.reversed - reported.refunded
    return net - (own.charged - own.given_back)
