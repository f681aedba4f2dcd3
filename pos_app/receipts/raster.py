"""Rows → a one-bit picture of the paper's width, drawn with the shipped Noto Sans TC so that Chinese prints on any printer.

Letters are drawn in grey and cut at a threshold, never dithered: dithered edges smear on thermal paper.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from pos_app.receipts import qr
from pos_app.receipts.content import Content
from pos_app.receipts.layout import rows_of
from pos_app.receipts.rows import (
    CentredRow,
    FeedRow,
    PairRow,
    PaperWidth,
    QrRow,
    Row,
    RuleRow,
    Span,
    TallyRow,
)
from shared.problems import Language

WHITE, BLACK = 255, 0
THRESHOLD = 160
"""Greys below it print black: a little above the middle, since one-dot strokes at 400 would otherwise break up."""

LINE_DOTS_PER_EM = 4 / 3
BASE_LINE_PER_EM = 1.0
RULE_ROW_DOTS = 14
RULE_DOTS = 2
END_DOTS = 8

_font_in_use = threading.Lock()
"""A FreeType face serves one thread at a time: the window measures while the spooler draws."""


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "NotoSansTC-Bold.ttf" if bold else "NotoSansTC-Regular.ttf"
    content = files("pos_app").joinpath("desktop", "fonts", name).read_bytes()
    return ImageFont.truetype(BytesIO(content), size)


def span_font(span: Span) -> ImageFont.FreeTypeFont:
    """The shipped font at the span's size and weight."""
    return _font(span.size, span.bold)


def span_dots(span: Span) -> int:
    """How wide a span will be drawn, in dots (rounded up)."""
    if not span.text:
        return 0
    with _font_in_use:
        return int(-(-span_font(span).getlength(span.text) // 1))


def render(content: Content, language: Language, paper: PaperWidth) -> Image.Image:
    """The picture of a receipt: mode "1", as wide as the paper, as high as it needs."""
    return draw(rows_of(content, language, paper, span_dots), paper)


def draw(rows: Sequence[Row], paper: int) -> Image.Image:
    """Rows as a one-bit picture ``paper`` dots wide."""
    height = sum(_height(row, paper) for row in rows) + 2 * END_DOTS
    picture = Image.new("L", (paper, height), WHITE)
    _draw_rows(ImageDraw.Draw(picture), rows, 0, END_DOTS, paper)
    return picture.point(lambda grey: WHITE if grey >= THRESHOLD else BLACK).convert(
        "1", dither=Image.Dither.NONE
    )


def _draw_rows(pen: ImageDraw.ImageDraw, rows: Sequence[Row], left: int, top: int, right: int) -> None:
    for row in rows:
        match row:
            case CentredRow(span):
                start = left + (right - left - span_dots(span)) // 2
                _draw_span(pen, span, start, top + _base_line(row))
            case PairRow(first, second):
                _draw_span(pen, first, left, top + _base_line(row))
                _draw_span(pen, second, right - span_dots(second), top + _base_line(row))
            case TallyRow(label, count, amount, count_edge):
                _draw_span(pen, label, left, top + _base_line(row))
                _draw_span(pen, count, left + count_edge - span_dots(count), top + _base_line(row))
                _draw_span(pen, amount, right - span_dots(amount), top + _base_line(row))
            case RuleRow():
                middle = top + (RULE_ROW_DOTS - RULE_DOTS) // 2
                pen.rectangle((left, middle, right - 1, middle + RULE_DOTS - 1), fill=BLACK)
            case QrRow():
                _draw_code(pen, row, left, top, right)
            case FeedRow():
                pass
        top += _height(row, right - left)


def _draw_code(pen: ImageDraw.ImageDraw, row: QrRow, left: int, top: int, right: int) -> None:
    width = right - left
    side = qr.side_dots(row.text, width)
    code = qr.modules(row.text)
    dots = side // len(code)
    height = _height(row, width)
    start_x = left if row.beside else left + (width - side) // 2
    start_y = top + (height - side) // 2
    for y, line in enumerate(code):
        for x, black in enumerate(line):
            if black:
                corner_x, corner_y = start_x + x * dots, start_y + y * dots
                pen.rectangle((corner_x, corner_y, corner_x + dots - 1, corner_y + dots - 1), fill=BLACK)
    if row.beside:
        beside = sum(_height(inner, width - side) for inner in row.beside)
        _draw_rows(pen, row.beside, left + side, top + (height - beside) // 2, right)


def _draw_span(pen: ImageDraw.ImageDraw, span: Span, left: int, base_line: int) -> None:
    if span.text:
        with _font_in_use:
            pen.text((left, base_line), span.text, font=span_font(span), fill=BLACK, anchor="ls")


def _spans(row: Row) -> tuple[Span, ...]:
    match row:
        case CentredRow(span):
            return (span,)
        case PairRow(left, right):
            return (left, right)
        case TallyRow(label, count, amount, _):
            return (label, count, amount)
        case _:
            return ()


def _base_line(row: Row) -> int:
    return round(max(span.size for span in _spans(row)) * BASE_LINE_PER_EM)


def _height(row: Row, width: int) -> int:
    match row:
        case RuleRow():
            return RULE_ROW_DOTS
        case FeedRow(dots):
            return dots
        case QrRow(text, beside):
            side = qr.side_dots(text, width)
            return max(side, sum(_height(inner, width - side) for inner in beside))
        case _:
            return round(max(span.size for span in _spans(row)) * LINE_DOTS_PER_EM)
