"""A receipt as lines of text, and on the printer."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from pos_app.bootstrap import printer_of
from pos_app.devices.printer.port import PrintOutcome, PrintResult
from pos_app.receipts.content import Content
from pos_app.receipts.layout import rows_of
from pos_app.receipts.rows import CentredRow, PairRow, PaperWidth, QrRow, Row, RuleRow, Span, TallyRow
from pos_app.settings import Settings
from shared.problems import Language

COLUMN_DOTS: Final = 12


def receipt_lines(content: Content, language: Language, paper: PaperWidth) -> list[str]:
    """The layout in columns of a type of one width: 32 on 58 mm, 48 on 80 mm."""
    rows = rows_of(content, language, paper, lambda span: columns(span.text) * COLUMN_DOTS)
    return _lines(rows, paper // COLUMN_DOTS)


def columns(text: str) -> int:
    """How many columns the text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def print_paper(content: Content, settings: Settings, paper: PaperWidth) -> PrintOutcome | None:
    """Print it where the settings say; None where there is no printer.

    Raises:
        PrinterAddressRefused: the address names none.
    """
    if settings.printer == "none":
        return None
    from pos_app.receipts.raster import render

    return printer_of(settings).print_image(render(content, settings.language, paper))


def is_printed(outcome: PrintOutcome | None) -> bool:
    """Whether there is nothing to tell."""
    return outcome is None or outcome.result is PrintResult.PRINTED


def _lines(rows: Sequence[Row], width: int) -> list[str]:
    lines: list[str] = []
    for row in rows:
        match row:
            case CentredRow(span):
                lines.append(" " * max(0, (width - columns(span.text)) // 2) + span.text)
            case PairRow(left, right):
                lines.append(_spread(left, right, width))
            case TallyRow(label, count, amount, _):
                lines.append(_spread(Span(f"{label.text}  {count.text}"), amount, width))
            case RuleRow():
                lines.append("-" * width)
            case QrRow(text, beside):
                lines += [*_lines(beside, width), text]
            case _:
                continue  # white space is for paper
    return [line.rstrip() for line in lines]


def _spread(left: Span, right: Span, width: int) -> str:
    gap = max(1, width - columns(left.text) - columns(right.text))
    return f"{left.text}{' ' * gap}{right.text}"
