"""The picture: money in one column to the dot, nothing clipped, the code readable, on both papers in both languages."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from pos_app.receipts import qr
from pos_app.receipts.content import ChargeKind, Content
from pos_app.receipts.layout import rows_of
from pos_app.receipts.raster import draw, render, span_dots
from pos_app.receipts.rows import PairRow, PaperWidth, Row, RuleRow, Span, TallyRow
from shared.problems import LANGUAGES, Language
from tests.unit.pos.receipts.samples import (
    ADJUSTMENT,
    CANCELLATION,
    ENTRY_ID,
    HEADING,
    MATTER,
    ONLINE,
    SECOND_COPY,
    Z_REPORT,
    charge,
)

EVERYTHING: dict[str, Content] = {
    **{kind.value: charge(kind) for kind in ChargeKind},
    "copy": charge(ChargeKind.COMPLETED, copy=SECOND_COPY),
    "z": Z_REPORT,
    "cancellation": CANCELLATION,
    "adjustment": ADJUSTMENT,
    "matter": MATTER,
}


def ink(image: Image.Image) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """True where the paper is black."""
    return ~np.asarray(image, dtype=np.bool_)


def right_edge(row: Row, paper: int) -> int:
    """The last black column of one row drawn alone."""
    return int(np.flatnonzero(ink(draw([row], paper)).any(axis=0))[-1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PaperWidth)
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_receipt_is_one_bit_as_wide_as_the_paper_with_white_ends(
    name: str, language: Language, paper: PaperWidth
) -> None:
    image = render(EVERYTHING[name], language, paper)
    assert (image.mode, image.width) == ("1", paper)
    black = ink(image)
    assert not black[:4].any()
    assert not black[-4:].any()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PaperWidth)
@pytest.mark.parametrize("name", EVERYTHING)
def test_nothing_is_clipped_at_the_edges(name: str, language: Language, paper: PaperWidth) -> None:
    """The same rows on paper with a margin at the right and above and below each have as much ink."""
    for row in rows_of(EVERYTHING[name], language, paper, span_dots):
        if not isinstance(row, PairRow | TallyRow):
            continue
        spans = [row.left, row.right] if isinstance(row, PairRow) else [row.label, row.count, row.amount]
        on_paper = ink(draw([row], paper)).sum()
        roomy = sum(ink(draw([PairRow(Span("　" + s.text, s.size, s.bold))], paper * 2)).sum() for s in spans)
        assert on_paper >= roomy * 0.98


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PaperWidth)
def test_the_money_column_ends_within_two_dots(language: Language, paper: PaperWidth) -> None:
    money = [
        row
        for row in rows_of(Z_REPORT, language, paper, span_dots)
        if isinstance(row, TallyRow) or (isinstance(row, PairRow) and row.right.text.endswith("0"))
    ]
    edges = {right_edge(row, paper) for row in money}
    assert len(money) >= 9
    assert max(edges) - min(edges) <= 2
    assert paper - 1 - max(edges) <= 2


@pytest.mark.parametrize("paper", PaperWidth)
def test_amounts_of_a_charge_end_in_one_column_at_each_size(paper: PaperWidth) -> None:
    edges = [
        right_edge(PairRow(Span(""), Span("284.05", size, bold)), paper)
        for size, bold in ((24, False), (48, True))
    ]
    assert max(edges) - min(edges) <= 2


def test_counts_of_a_z_end_in_one_column() -> None:
    rows = [
        row for row in rows_of(Z_REPORT, "zh_TW", PaperWidth.MM_58, span_dots) if isinstance(row, TallyRow)
    ]
    alone = [TallyRow(Span(""), row.count, Span(""), row.count_edge) for row in rows]
    edges = [right_edge(row, PaperWidth.MM_58) for row in alone]
    assert max(edges) - min(edges) <= 2


def test_a_rule_reaches_from_edge_to_edge() -> None:
    black = ink(draw([RuleRow()], 384))
    assert black.any(axis=0).all()
    assert black.any(axis=1).sum() == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PaperWidth)
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ChargeKind.COMPLETED, "MPS-TX:PAY0000012345"),
        (ChargeKind.OFFLINE, f"MPS-CHARGE:{ENTRY_ID}"),
    ],
)
def test_the_code_is_read_back_from_the_paper(
    kind: ChargeKind, text: str, paper: PaperWidth, language: Language
) -> None:
    image = render(charge(kind), language, paper).convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(np.asarray(image))] == [text]


@pytest.mark.parametrize("text", ["MPS-TX:PAY0000012345", qr.charge_text(ENTRY_ID)])
def test_codes_have_eight_dots_a_module_and_fit_narrow_paper_with_their_quiet_zone(text: str) -> None:
    side = qr.side_dots(text, PaperWidth.MM_58)
    assert side == len(qr.modules(text)) * 8
    assert side <= PaperWidth.MM_58
    quiet = np.asarray(qr.modules(text))
    assert not quiet[:4].any()
    assert not quiet[:, -4:].any()


def test_a_long_store_and_cashier_name_widen_nothing() -> None:
    heading = dataclasses.replace(
        HEADING,
        store_name="好味鮮國際生活超級市場股份有限公司 信義旗艦門市店",
        cashier_name="歐陽司馬諸葛慕容 Alexandra Montgomery-Featherstonehaugh",
        footer=("謝謝惠顧" * 20,),
    )
    rows = rows_of(dataclasses.replace(ONLINE, heading=heading), "zh_TW", PaperWidth.MM_58, span_dots)
    for row in rows:
        if isinstance(row, PairRow):
            assert span_dots(row.left) + span_dots(row.right) <= PaperWidth.MM_58
