"""Text is wrapped as it is written in Chinese and English, shrunk where one line is wanted, and never cut."""

from hypothesis import given
from hypothesis import strategies as st

from pos_app.receipts.fitting import centred, pair, shrunk, wrapped
from pos_app.receipts.raster import span_dots
from pos_app.receipts.rows import CentredRow, PairRow, Span


def test_chinese_breaks_anywhere_but_not_before_a_full_stop() -> None:
    lines = [line.text for line in wrapped(Span("請保留本單。"), 24 * 5, span_dots)]
    assert lines == ["請保留本", "單。"]


def test_english_breaks_between_words() -> None:
    lines = [line.text for line in wrapped(Span("sent when the line returns"), 200, span_dots)]
    assert lines == ["sent when the", "line returns"]


def test_a_word_longer_than_the_paper_is_broken_not_cut() -> None:
    lines = wrapped(Span("W" * 60), 384, span_dots)
    assert "".join(line.text for line in lines) == "W" * 60
    assert all(span_dots(line) <= 384 for line in lines)


@given(st.text(alphabet="好味鮮，。（）AWil 19.", max_size=60), st.integers(min_value=60, max_value=400))
def test_wrapping_loses_no_character_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrapped(Span(text), width, span_dots)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    assert all(span_dots(line) <= width for line in lines)


def test_centred_lines_are_of_about_one_length() -> None:
    rows = centred(Span("好味鮮國際生活超級市場股份有限公司信義店"), 384, span_dots)
    lengths = [len(row.span.text) for row in rows if isinstance(row, CentredRow)]
    assert sum(lengths) == 20
    assert max(lengths) - min(lengths) <= 2


def test_a_pair_that_does_not_fit_takes_two_lines_the_second_flush_right() -> None:
    rows = pair(Span("2026-11-22 18:04:31"), Span("收銀 歐陽司馬諸葛"), 384, span_dots)
    assert rows == [PairRow(Span("2026-11-22 18:04:31")), PairRow(Span(""), Span("收銀 歐陽司馬諸葛"))]


def test_shrinking_keeps_the_text_and_stops_at_the_smallest_size() -> None:
    assert shrunk(Span("284.05", 48), 384, 24, span_dots) == Span("284.05", 48)
    small = shrunk(Span("999,999.99", 48, bold=True), 200, 24, span_dots)
    assert small.text == "999,999.99"
    assert span_dots(small) <= 200
    assert shrunk(Span("9" * 50, 48), 100, 24, span_dots).size == 24
