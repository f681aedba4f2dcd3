"""Discounts and times as people say them."""

from datetime import UTC, datetime

import pytest

from pos_app.receipts.figures import count_text, local_time, percent_off_text, tenths_text
from tests.unit.pos.receipts.samples import TAIPEI


@pytest.mark.parametrize(
    ("rate", "tenths", "percent"),
    [
        (9500, "95", "5"),
        (9000, "9", "10"),
        (8500, "85", "15"),
        (8550, "85.5", "14.5"),
        (9999, "99.99", "0.01"),
    ],
)
def test_a_rate_is_said_as_each_language_says_it(rate: int, tenths: str, percent: str) -> None:
    assert (tenths_text(rate), percent_off_text(rate)) == (tenths, percent)


def test_times_are_the_shops() -> None:
    assert local_time(datetime(2026, 11, 22, 18, 30, tzinfo=UTC), TAIPEI, "%m-%d %H:%M") == "11-23 02:30"


def test_counts_have_thousands_separators() -> None:
    assert count_text(1_530) == "1,530"
