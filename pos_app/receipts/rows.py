"""The rows that a receipt is made of: what is said and how it is set, without a picture. Sizes are in printer dots."""

from dataclasses import dataclass
from enum import IntEnum

TEXT_DOTS = 24
HEADING_DOTS = 28
PAYABLE_DOTS = 48


class PaperWidth(IntEnum):
    """The printable width of a roll in dots (at 8 dots a millimetre)."""

    MM_58 = 384
    MM_80 = 576


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of one line: its size is the height of its em square in dots."""

    text: str
    size: int = TEXT_DOTS
    bold: bool = False


@dataclass(frozen=True, slots=True)
class CentredRow:
    """One line in the middle of the paper."""

    span: Span


@dataclass(frozen=True, slots=True)
class PairRow:
    """One line with something at the left edge, the right edge or both, on one base line."""

    left: Span
    right: Span = Span("")


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A line of a shift report: label, count (flush right at ``count_edge`` dots), amount (flush right at the paper's edge)."""

    label: Span
    count: Span
    amount: Span
    count_edge: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """White space."""

    dots: int


@dataclass(frozen=True, slots=True)
class QrRow:
    """A QR code; with ``beside`` it stands at the left and the rows are set to the right of it."""

    text: str
    beside: "tuple[Row, ...]" = ()


Row = CentredRow | PairRow | TallyRow | RuleRow | FeedRow | QrRow
