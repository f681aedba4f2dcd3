"""Comparing what a terminal reports with what the hub knows. Pure; amounts in minor units."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.journal_entries import ReversalReason, ShiftCloseData, Status

_CHARGE: Final = "charge"
_REVERSAL: Final = "reversal"
_REFUND: Final = "refund"
_VOID: Final = ReversalReason.VOID.value


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSums:
    """The hub's own figures of a shift at its closing: what its charges took, and what of that went back."""

    charged: int = 0
    given_back: int = 0


def difference(reported: ShiftCloseData, own: OwnSums) -> int:
    """The reported net minus the hub's own: zero where both agree."""
    net = reported.charged - reported.reversed - reported.refunded
    return net - (own.charged - own.given_back)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts and payable sums of a shift, as a terminal reports them."""

    charges: int = 0
    charged: int = 0
    reversals: int = 0
    reversed: int = 0
    refunds: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        """What the shift took and kept."""
        return self.charged - self.reversed - self.refunded


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A transaction of a shift, and the place of its entry in the journal."""

    transaction_id: str
    tx_no: str
    kind: str
    entry_id: str
    entry_seq: int
    original_id: str | None
    payable: int
    reason: str | None
    at: datetime
    completed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """An advice that moved nothing; `reversed_seq`: the place of what undid its charge."""

    seq: int
    entry_id: str
    charge_id: str
    status: Status
    code: str | None
    payable: int
    reversed_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The hub's own figures of a shift at its closing, or so far.

    Attributes:
        adjustments: what moved money of the shift after its closing, or was in doubt at it: the report never changes.
        unbooked: what the terminal approved and the hub has not, or not yet, booked: that is what differs.
    """

    ours: Figures
    adjustments: tuple[Movement, ...]
    unbooked: tuple[Approved, ...]


def figures_of(reported: ShiftCloseData) -> Figures:
    """What the terminal reported."""
    return Figures(**reported.model_dump(include=set(Figures.__slots__)))


def reconcile(
    movements: Sequence[Movement],
    approved: Sequence[Approved],
    *,
    closed_seq: int | None,
    in_doubt: Collection[str],
) -> Reconciliation:
    """Sort what moved into what stands before the closing and what adjusts it.

    A charge that the terminal gave up unapproved counts in neither sum, on this side too: it was reversed, and not by
    a void. What was approved and undone before any money moved counts as the terminal counted it.
    """

    def is_before(seq: int) -> bool:
        return closed_seq is None or seq < closed_seq

    at_close = [m for m in movements if is_before(m.entry_seq) and m.entry_id not in in_doubt]
    given_up = {m.original_id for m in at_close if _undoes(m) and m.reason not in (None, _VOID)}
    counted = [m for m in at_close if m.transaction_id not in given_up and m.original_id not in given_up]
    charges = [m.payable for m in counted if m.kind == _CHARGE]
    back = [m.payable for m in counted if _undoes(m)]
    refunds = [m.payable for m in counted if m.kind == _REFUND]
    for one in approved:
        if one.reversed_seq is not None and one.charge_id not in in_doubt:
            charges.append(one.payable)
            back += [one.payable] if is_before(one.reversed_seq) else []
    return Reconciliation(
        ours=Figures(
            charges=len(charges),
            charged=sum(charges),
            reversals=len(back),
            reversed=sum(back),
            refunds=len(refunds),
            refunded=sum(refunds),
        ),
        adjustments=tuple(m for m in movements if m not in at_close),
        unbooked=tuple(one for one in approved if one.reversed_seq is None),
    )


def _undoes(movement: Movement) -> bool:
    return movement.kind == _REVERSAL
