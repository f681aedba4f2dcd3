"""Text that people typed cannot command a printer, turn the line round, or vanish."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from pos_app.receipts.clean_text import clean_text, printable_characters
from pos_app.receipts.raster import span_font
from pos_app.receipts.rows import Span


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("王小美", "王小美"),
        ("  好味鮮\t超市\r\n信義店 ", "好味鮮 超市 信義店"),
        ("\x1bp\x00\x19\xfa王小美", "p\u00fa王小美"),
        ("\x1d\x56\x00陳\x10\x14\x01\x1c.", "V陳."),
        ("\u202e美小王\u202c\u200b", "美小王"),
        ("a\x9bb\x85c", "ab c"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("cafe\u0301", "café"),
        ("喆堃", "喆堃"),
        ("店😀", "店〓"),
        ("𠮷野家", "〓野家"),
        ("ไทย", "〓〓〓"),
        ("Z\u0336\u0335a", "Za"),
        ("\ue000\ud800", "〓"),
        ("", ""),
    ],
)
def test_typed_text_becomes_one_printable_line(typed: str, printed: str) -> None:
    assert clean_text(typed) == printed


@given(st.text())
def test_nothing_but_characters_of_the_fonts_ever_comes_out(typed: str) -> None:
    cleaned = clean_text(typed)
    assert set(cleaned) <= printable_characters()
    assert not any(unicodedata.category(character) in {"Cc", "Cf"} for character in cleaned)
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("bold", [False, True])
def test_the_shipped_fonts_draw_what_the_list_of_characters_promises(bold: bool) -> None:
    font = span_font(Span("", bold=bold))
    missing = drawn(font, "\U0001f600")
    sample = sorted(c for c in printable_characters() if not c.isspace())[::97] + list(
        "■✓✕？・〓0123456789喆"
    )
    assert [c for c in sample if drawn(font, c) == missing] == []


def drawn(font: ImageFont.FreeTypeFont, character: str) -> bytes:
    picture = Image.new("L", (40, 40), 255)
    ImageDraw.Draw(picture).text((4, 30), character, font=font, fill=0, anchor="ls")
    return picture.tobytes()
