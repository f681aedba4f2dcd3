"""Make text fit a width: wrap it as Chinese and English are wrapped, or step its size down. Text is never cut."""

import unicodedata
from collections.abc import Iterator
from typing import Protocol

from pos_app.receipts.rows import CentredRow, PairRow, Row, Span

GAP_DOTS = 12
"""The least white space between the left and the right of one line."""

_NEVER_FIRST = "、，。．；：！？）」』】》〉・％…,.;:!?)]}%"
_NEVER_LAST = "（「『【《〈([{"


class Measure(Protocol):
    """Tells how wide a span is, in dots."""

    def __call__(self, span: Span) -> int: ...


def wrapped(span: Span, width: int, measure: Measure) -> list[Span]:
    """The span in lines no wider than ``width``; a word longer than a line is broken anywhere."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(span.text):
        if measure(Span(line + piece.rstrip(), span.size, span.bold)) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.strip())
        line = piece.lstrip()
        while measure(Span(line.rstrip(), span.size, span.bold)) > width:
            head = _longest_head(line, span, width, measure)
            lines.append(head)
            line = line[len(head) :]
    if line.strip():
        lines.append(line.strip())
    return [Span(text, span.size, span.bold) for text in lines]


def shrunk(span: Span, width: int, smallest: int, measure: Measure) -> Span:
    """The span at the largest size, in steps of four dots down to ``smallest``, at which it fits ``width``."""
    while measure(span) > width and span.size > smallest:
        span = Span(span.text, max(smallest, span.size - 4), span.bold)
    return span


def centred(span: Span, width: int, measure: Measure) -> list[Row]:
    """The span in the middle, on as few lines as it needs, these of about one length: no character alone on the last."""
    lines = wrapped(span, width, measure)
    for narrower in range(width - GAP_DOTS, width // 2, -GAP_DOTS):
        attempt = wrapped(span, narrower, measure)
        if len(lines) == 1 or len(attempt) > len(lines):
            break
        lines = attempt
    return [CentredRow(line) for line in lines]


def paragraph(span: Span, width: int, measure: Measure) -> list[Row]:
    """The span from the left edge, on as many lines as it needs."""
    return [PairRow(line) for line in wrapped(span, width, measure)]


def pair(left: Span, right: Span, width: int, measure: Measure) -> list[Row]:
    """Left and right on one line where both fit, else the left wrapped above and the right flush right below it."""
    taken = measure(left) + measure(right)
    if taken + (GAP_DOTS if left.text and right.text else 0) <= width:
        return [PairRow(left, right)]
    lower = wrapped(right, width, measure)
    return [*paragraph(left, width, measure), *(PairRow(Span(""), line) for line in lower)]


def _pieces(text: str) -> Iterator[str]:
    """Text in the pieces between which a line may break: single wide characters, or words with the space after them."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or after == " " or before in _NEVER_LAST:
        return False
    return before == " " or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _longest_head(line: str, span: Span, width: int, measure: Measure) -> str:
    length = 1
    while length < len(line) and measure(Span(line[: length + 1], span.size, span.bold)) <= width:
        length += 1
    return line[:length]
