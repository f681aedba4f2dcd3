"""The measures of design.md 2 at the two window sizes, in pixels."""

from dataclasses import dataclass

IDENTITY_ROW = 48
LINE_ROW = 48
NAVIGATION = 56
NAVIGATION_PLACES = 8
SMALLEST_TEXT = 18
BODY = 20
DETAIL = 28
PROMPT = 40
REASON = 40
CODE_SEEN = 56
WAITING = 56
KEPT_AMOUNT = 64
DOUBT_AMOUNT = 72
DECLINED = 72
PAID_OFFLINE = 72
PAID = 88
DOUBT = 88
OUTLINE = 6
DOUBT_EDGE = 8
DECIMALS_PERCENT = 60
LABEL_EM_PERCENT = 145
CJK_LINE_PERCENT = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What differs between the two window sizes."""

    window: tuple[int, int]
    margin: int
    panel: tuple[int, int]
    right_width: int
    edit_height: int
    key: tuple[int, int]
    key_gap: int
    row_gap: int
    action_height: int
    entry_amount: int
    payable: int
    camera: tuple[int, int]
    padding: int


LARGE = Sizes(
    window=(1280, 800),
    margin=16,
    panel=(800, 608),
    right_width=432,
    edit_height=52,
    key=(136, 96),
    key_gap=12,
    row_gap=12,
    action_height=112,
    entry_amount=128,
    payable=144,
    camera=(480, 270),
    padding=24,
)
SMALL = Sizes(
    window=(1024, 768),
    margin=12,
    panel=(636, 588),
    right_width=352,
    edit_height=52,
    key=(112, 96),
    key_gap=8,
    row_gap=12,
    action_height=104,
    entry_amount=112,
    payable=120,
    camera=(400, 225),
    padding=20,
)


def sizes_for(width: int, height: int) -> Sizes:
    """The measures for a window: the large ones where they fit."""
    return LARGE if width >= LARGE.window[0] and height >= LARGE.window[1] else SMALL


def label_height(pixels: int) -> int:
    """The height of a single line of text: 1.45 em, or Qt clips it."""
    return -(-pixels * LABEL_EM_PERCENT // 100)
