"""Finding a charge as digits are typed."""

import pytest

from pos_app.features.history.flow import MAX_TYPED, HistoryFlow, HistoryRow
from tests.fakes.clock import ManualClock


def _row(n: int, number: str, last4: str, payable: int) -> HistoryRow:
    return HistoryRow(
        entry_id=f"entry-{n}",
        at=ManualClock().now(),
        number=number,
        last4=last4,
        payable=payable,
        state="completed",
        can_reprint=True,
    )


ROWS = (
    _row(3, "PAY0000012345", "1234", 28_405),
    _row(2, "T07-1206", "9876", 29_900),
    _row(1, "PAY0000054321", "0007", 500),
)


def _found(typed: str) -> list[str]:
    flow = HistoryFlow()
    flow.set_rows(ROWS)
    for key in typed:
        flow.press(key)
    return [row.entry_id for row in flow.found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["entry-3", "entry-2", "entry-1"]),
        ("54321", ["entry-1"]),
        ("1206", ["entry-2"]),
        ("9876", ["entry-2"]),
        ("284.05", ["entry-3"]),
        ("299", ["entry-2"]),
        ("77777", []),
        (".", []),
    ],
)
def test_number_amount_and_the_cards_last_four_are_found_in_their_order(typed: str, found: list[str]) -> None:
    assert _found(typed) == found


def test_a_mistyped_digit_goes_back_and_no_more_is_typed_than_can_be_looked_for() -> None:
    flow = HistoryFlow()
    flow.set_rows(ROWS)
    for key in ("1", "back", *"9" * (MAX_TYPED + 5)):
        flow.press(key)
    assert flow.typed == "9" * MAX_TYPED
    flow.press("clear")
    assert flow.found == ROWS
