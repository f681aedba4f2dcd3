"""The catalogue of errors is closed, whole, and speaks both languages."""

import csv
from pathlib import Path

import pytest

import shared
from shared.problems import LANGUAGES, Code, Refusal, catalogue, negotiate_language


def _rows() -> list[dict[str, str]]:
    path = Path(shared.__file__).with_name("errors.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_enum_names_exactly_the_rows_of_the_file() -> None:
    assert [row["code"] for row in _rows()] == [code.value for code in Code]
    assert list(catalogue()) == list(Code)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_status_and_words_in_both_languages(code: Code) -> None:
    row = catalogue()[code]
    assert 400 <= row.http_status < 600
    assert all(row.titles[language].strip() for language in LANGUAGES)
    assert row.titles["en"].isascii()
    assert not row.titles["zh_TW"].isascii()
    assert Refusal(code).title("en") == row.titles["en"]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh_TW"),
        ("en-GB, zh;q=0.5", "en"),
        ("zh;q=0.1, en;q=0.05", "zh_TW"),
        ("fr, de", "en"),
        ("zh;q=0, en", "en"),
        ("zh;q=x, en;q=0.2", "en"),
        ("*;q=0.5", "en"),
    ],
)
def test_accept_language_chooses_the_catalogue(header: str | None, language: str) -> None:
    assert negotiate_language(header) == language
