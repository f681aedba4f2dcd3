"""One catalogue in two languages, and colours that can be read."""

import re

import pytest

from pos_app.appearance.theme import DARK, LIGHT, Colours
from pos_app.appearance.translations import Text, all_texts, errors
from pos_app.appearance.translations import charging as words
from shared.problems import Code

TEXTS = dict(all_texts())


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_text_says_something_in_both_languages_with_the_same_blanks() -> None:
    assert len(TEXTS) > 150
    for key, text in TEXTS.items():
        assert text.zh, key
        assert text.en, key
        if key not in {
            "charging.OFFER",
            "charging.BEFORE_DISCOUNT",
        }:  # a discount is counted the other way round
            assert text.blanks("zh_TW") == text.blanks("en"), key


def test_the_english_catalogue_holds_no_chinese() -> None:
    for key, text in TEXTS.items():
        if key != "window.SWITCH_LANGUAGE":
            assert not re.search(r"[\u4e00-\u9fff]", text.en), key


def test_every_error_code_has_a_sentence() -> None:
    assert set(errors.SENTENCES) == set(Code)


def test_a_reason_inside_doubt_says_nothing_of_the_money() -> None:
    for text in (*errors.REASONS.values(), errors.REASON_OTHER):
        assert "收款。" not in text.zh
        assert "charged" not in text.en.lower()


def test_no_word_of_the_trade_reaches_a_cashier() -> None:
    for key, text in TEXTS.items():
        for word in ("冪等", "簽章", "日誌分叉", "沖正"):
            assert word not in text.zh, key


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        (words.IDLE_PROMPT, "輸入金額，或先掃付款碼", "Enter the amount, or scan first"),
        (words.AMOUNT_PROMPT, "請會員出示付款碼", "Ask for the member's code"),
        (words.WAITING, "收款中，請稍候", "Charging…"),
        (
            words.GIVEN_UP_MEANS,
            "已取消，這筆不會成立；若已扣款會自動退回。",
            "Cancelled; anything taken goes back by itself.",
        ),
    ],
)
def test_the_designs_words_are_kept(text: Text, chinese: str, english: str) -> None:
    assert (text.zh, text.en) == (chinese, english)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_surface(colours: Colours) -> None:
    for role, (text, surface) in colours.pairs().items():
        assert contrast(text, surface) >= 4.5, role


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_every_edge_can_be_seen(colours: Colours) -> None:
    for role, (edge, around) in colours.edges().items():
        # On the dark background amber itself stands out; its dashed edge stands out against the amber.
        surface = colours.doubt.surface if role == "doubt" else edge
        assert max(contrast(edge, around), contrast(surface, around)) >= 3, role
