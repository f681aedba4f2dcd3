"""Each receipt says exactly the words of design.md 4, in their order, and no more than is known."""

import dataclasses
from datetime import datetime

import pytest

from pos_app.receipts.content import ChargeKind, Content, Points, ShiftReportKind, Tally
from pos_app.receipts.layout import rows_of
from pos_app.receipts.raster import span_dots
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
from shared.problems import LANGUAGES, Language
from tests.unit.pos.receipts.samples import (
    ADJUSTMENT,
    CANCELLATION,
    ENTRY_ID,
    HEADING,
    MATTER,
    ONLINE,
    SECOND_COPY,
    TOTALS,
    Z_REPORT,
    charge,
)

RULE = "----"


def said(rows: list[Row]) -> list[str]:
    """The rows as plain lines: left and right joined by ``|``."""
    lines: list[str] = []
    for row in rows:
        match row:
            case CentredRow(span):
                lines.append(f"^{span.text}")
            case PairRow(left, right):
                lines.append(f"{left.text}|{right.text}" if right.text else left.text)
            case TallyRow(label, count, amount, _):
                lines.append(f"{label.text}|{count.text}|{amount.text}")
            case RuleRow():
                lines.append(RULE)
            case QrRow(text, beside):
                lines.extend([*said(list(beside)), f"[{text}]"])
            case FeedRow():
                pass
    return lines


def lines_of(
    content: Content, language: Language = "zh_TW", paper: PaperWidth = PaperWidth.MM_58
) -> list[str]:
    return said(rows_of(content, language, paper, span_dots))


def all_spans(rows: list[Row]) -> list[Span]:
    spans: list[Span] = []
    for row in rows:
        match row:
            case CentredRow(span):
                spans.append(span)
            case PairRow(left, right):
                spans += [left, right]
            case TallyRow(label, count, amount, _):
                spans += [label, count, amount]
            case QrRow(_, beside):
                spans += all_spans(list(beside))
            case _:
                pass
    return spans


def test_an_online_receipt_is_the_picture_of_the_design() -> None:
    assert lines_of(ONLINE) == [
        "^好味鮮超市 信義店",
        "^收款憑證（非統一發票）",
        RULE,
        "PAY0000012345|終端 T07",
        "2026-11-22 18:04:31|收銀 王小美",
        "標準卡 ****1234|銀卡",
        RULE,
        "原價|299.00",
        "會員 95 折|-14.95",
        "實付 TWD|284.05",
        RULE,
        "本次積分 +299|目前 1,530",
        "[MPS-TX:PAY0000012345]",
        "日誌 #1207  k3Fh9Qa2xT",
    ]


def test_an_offline_receipt_has_its_own_number_no_points_and_says_what_follows() -> None:
    lines = lines_of(charge(ChargeKind.OFFLINE))
    assert "^■■■■ 離 線 收 款 ■■■■" in lines
    assert "離線單號 T07-1207|終端 T07" in lines
    assert "已收款；連線後自動上傳，積分屆時計入。請保留本單。" in "".join(lines)
    assert f"[MPS-CHARGE:{ENTRY_ID}]" in lines
    assert not any("PAY" in line or "本次積分" in line for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PaperWidth)
def test_an_offline_receipt_never_shows_a_number_that_only_the_hub_can_give(
    language: Language, paper: PaperWidth
) -> None:
    assert "PAY00" not in "".join(lines_of(charge(ChargeKind.OFFLINE), language, paper))


@pytest.mark.parametrize("paper", PaperWidth)
def test_a_training_slip_says_so_at_both_ends_and_has_no_code(paper: PaperWidth) -> None:
    lines = lines_of(charge(ChargeKind.TRAINING), paper=paper)
    assert lines[1] == lines[-2] == "^訓練・不是收據"
    assert not any("收款憑證" in line or line.startswith("[") for line in lines)


@pytest.mark.parametrize(
    ("language", "mark"), [("zh_TW", "^**** 補印 COPY 2  18:20 ****"), ("en", "^**** COPY 2  18:20 ****")]
)
@pytest.mark.parametrize("paper", PaperWidth)
def test_a_copy_is_numbered_at_the_top_and_the_bottom(
    language: Language, mark: str, paper: PaperWidth
) -> None:
    lines = lines_of(charge(ChargeKind.COMPLETED, copy=SECOND_COPY), language, paper)
    assert [lines[0], lines[-1]] == [mark, mark]
    assert lines[1:-1] == lines_of(ONLINE, language, paper)


def test_a_full_price_has_no_discount_line() -> None:
    full = dataclasses.replace(ONLINE, rate=10_000, payable=ONLINE.raw)
    assert not any("折" in line for line in lines_of(full))


def test_a_card_without_points_says_nothing_of_points() -> None:
    lines = lines_of(dataclasses.replace(ONLINE, card_type="corporate", points=None))
    assert not any("積分" in line for line in lines)
    assert any(line.startswith("企業卡 ****1234") for line in lines)


def test_a_card_type_and_tier_that_came_later_still_print() -> None:
    lines = lines_of(dataclasses.replace(ONLINE, card_type="gift", tier=7))
    assert "卡片 ****1234|等級 7" in lines


def test_wide_paper_holds_the_same_lines_with_the_code_beside_the_totals() -> None:
    narrow, wide = lines_of(ONLINE), lines_of(ONLINE, paper=PaperWidth.MM_80)
    assert [line for line in wide if line != RULE] == [line for line in narrow if line != RULE]
    beside = [row for row in rows_of(ONLINE, "zh_TW", PaperWidth.MM_80, span_dots) if isinstance(row, QrRow)]
    assert said(list(beside[0].beside))[:3] == ["原價|299.00", "會員 95 折|-14.95", "實付 TWD|284.05"]


def test_the_payable_is_twice_the_size_of_the_text() -> None:
    payable = [
        s for s in all_spans(rows_of(ONLINE, "zh_TW", PaperWidth.MM_58, span_dots)) if s.text == "284.05"
    ]
    assert [(span.size, span.bold) for span in payable] == [(48, True)]


def test_a_z_is_the_picture_of_the_design() -> None:
    assert lines_of(Z_REPORT) == [
        "^Z 交班單   班 0231",
        "^好味鮮超市 信義店",
        "2026-11-22|09:00–18:10",
        "T07 王小美",
        RULE,
        "收款|186|51,630.50",
        "\u2003已確認|182|48,210.50",
        "\u2003待上傳|4|3,420.00",
        "取消|3|-912.00",
        "退款|2|-300.00",
        "\u2003申請中(未退)|1|100.00",
        "結果未定|0|0.00",
        "淨額|50,418.50",
        RULE,
        "盤點 186 張 51,630.50|差 0.00",
        "暫結：4 筆待上傳，入帳後印調整單",
    ]


def test_a_z_says_what_is_missing_and_what_is_in_doubt() -> None:
    report = dataclasses.replace(
        Z_REPORT,
        totals=dataclasses.replace(TOTALS, in_doubt=Tally(count=1, amount=12_000)),
        counted=Tally(count=185, amount=5_151_050),
    )
    lines = lines_of(report, paper=PaperWidth.MM_80)
    assert "盤點 185 張 51,510.50|差 -1 張 -120.00" in lines
    assert lines[-1] == "帶未定結班：1 筆結果未定"


def test_a_settled_shift_is_not_called_provisional() -> None:
    settled = dataclasses.replace(TOTALS, pending=Tally(count=0, amount=0))
    assert not any("暫結" in line for line in lines_of(dataclasses.replace(Z_REPORT, totals=settled)))


def test_an_x_is_headed_as_open_and_has_no_count() -> None:
    lines = lines_of(dataclasses.replace(Z_REPORT, kind=ShiftReportKind.X, counted=None))
    assert lines[0] == "^X 查帳・未結班   班 0231"
    assert not any("盤點" in line or "暫結" in line for line in lines)


def test_a_cancellation_names_the_charge_and_where_the_money_goes() -> None:
    lines = lines_of(CANCELLATION)
    assert lines[1] == "^取消單・不是收款憑證"
    assert "原交易 PAY0000012345|終端 T07" in lines
    assert "取消單號 REV0000000042" in lines
    assert "取消 TWD|-284.05" in lines
    assert "已取消，這筆不會成立；若已扣款會自動退回。" in "".join(lines)


def test_a_cancelled_charge_without_a_number_is_named_by_the_journal() -> None:
    lines = lines_of(dataclasses.replace(CANCELLATION, tx_no=None, reversal_no=None))
    assert "原交易 T07-1207|終端 T07" in lines
    assert not any("PAY" in line or "REV" in line for line in lines)


def test_an_adjustment_lists_what_came_late_and_its_sum() -> None:
    lines = lines_of(ADJUSTMENT, paper=PaperWidth.MM_80)
    assert "11-21 22:04 T07-1190|120.00" in lines
    assert "遲到入帳|70.00" in lines
    assert lines[-1] == "班 0230 的 Z 交班單不變，以本單調整。"


def test_what_people_typed_is_cleaned_wherever_it_stands() -> None:
    nasty = "\x1bp\x00\x19\xfa\x1d\x10\x14\x01\u202e😀"
    heading = dataclasses.replace(
        HEADING, store_name=nasty, cashier_name=nasty, terminal_no=nasty, header=(nasty,), footer=(nasty,)
    )
    charges = [dataclasses.replace(charge(kind, heading), last4=nasty) for kind in ChargeKind]
    contents: list[Content] = [
        *charges,
        dataclasses.replace(Z_REPORT, heading=heading, shift_no=nasty),
        dataclasses.replace(CANCELLATION, heading=heading, tx_no=nasty, reversal_no=nasty),
        dataclasses.replace(ADJUSTMENT, heading=heading, shift_no=nasty),
        dataclasses.replace(MATTER, heading=heading, number=nasty, last4=nasty, meaning=nasty),
    ]
    for content in contents:
        for span in all_spans(rows_of(content, "zh_TW", PaperWidth.MM_58, span_dots)):
            assert not any(character in span.text for character in "\x00\x01\x10\x14\x19\x1b\x1d\u202e😀")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PaperWidth)
def test_the_largest_amount_is_never_broken(language: Language, paper: PaperWidth) -> None:
    for kind in ChargeKind:
        huge = dataclasses.replace(charge(kind), raw=99_999_999, payable=94_999_999)
        lines = lines_of(huge, language, paper)
        for money in ("999,999.99", "-50,000.00", "949,999.99"):
            assert any(line.endswith(money) for line in lines), (money, lines)


def test_content_that_promises_too_much_is_refused() -> None:
    with pytest.raises(ValueError, match="number"):
        dataclasses.replace(ONLINE, tx_no=None, points=None)
    with pytest.raises(ValueError, match="number"):
        dataclasses.replace(charge(ChargeKind.OFFLINE), tx_no="PAY0000012345")
    with pytest.raises(ValueError, match="points"):
        dataclasses.replace(charge(ChargeKind.OFFLINE), points=Points(earned=1, balance=1))
    with pytest.raises(ValueError, match="not a copy"):
        dataclasses.replace(SECOND_COPY, number=1)
    with pytest.raises(ValueError, match="no count"):
        dataclasses.replace(Z_REPORT, kind=ShiftReportKind.X)


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime.fromisoformat("2026-11-22T10:00:00")
    with pytest.raises(ValueError, match="time zone"):
        dataclasses.replace(ONLINE, at=naive)
