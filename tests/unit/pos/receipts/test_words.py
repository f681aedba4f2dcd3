"""The catalogue of receipt words is whole in both languages."""

import dataclasses
import re
import string

import pytest

from pos_app.receipts.clean_text import printable_characters
from pos_app.receipts.words import EN, WORDS, ZH_TW, ReceiptWords
from shared.problems import LANGUAGES, Language


def phrases(words: ReceiptWords) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in dataclasses.fields(words):
        value = getattr(words, field.name)
        if isinstance(value, str):
            found[field.name] = value
        elif isinstance(value, dict):
            found |= {f"{field.name}.{key}": text for key, text in value.items()}
        else:
            found |= {f"{field.name}.{index}": text for index, text in enumerate(value)}
    return found


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


def test_every_language_of_the_system_has_receipt_words() -> None:
    assert set(WORDS) == set(LANGUAGES)


def test_both_languages_have_the_same_phrases_and_none_is_empty() -> None:
    chinese, english = phrases(ZH_TW), phrases(EN)
    assert chinese.keys() == english.keys()
    assert all(phrase.strip() for phrase in (*chinese.values(), *english.values()))


def test_no_chinese_is_left_in_english() -> None:
    assert [
        phrase for phrase in phrases(EN).values() if re.search(r"[\u3000-\u9fff\uff00-\uffef]", phrase)
    ] == []


def test_a_phrase_takes_the_same_facts_in_both_languages() -> None:
    chinese, english = phrases(ZH_TW), phrases(EN)
    differing = {key for key in chinese if placeholders(chinese[key]) != placeholders(english[key])}
    assert differing == {"discount"}, "a discount is 95 折 in one language and 5% off in the other"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fonts_hold_every_character_of_the_words(language: Language) -> None:
    used = set("".join(phrases(WORDS[language]).values()))
    assert used - printable_characters() == set()
