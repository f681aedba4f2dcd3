"""Card numbers check themselves (domain.md, Numbers people read)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_server.cards import CardTypeName, card_number, is_card_number, last4

SERIALS = st.integers(min_value=1, max_value=9_999_999)
TYPES = st.sampled_from(CardTypeName)


@given(card_type=TYPES, serial=SERIALS)
def test_a_number_is_a_prefix_and_eight_digits_that_check(card_type: CardTypeName, serial: int) -> None:
    number = card_number(card_type, serial)
    assert number[:3] in {"STD", "PRE", "COR", "VOU"}
    assert len(number) == 11
    assert number[3:].isdecimal()
    assert is_card_number(number)
    assert last4(number) == int(number[-4:])


@given(serial=SERIALS, place=st.integers(min_value=3, max_value=10), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_found(serial: int, place: int, digit: str) -> None:
    number = card_number(CardTypeName.PREPAID, serial)
    wrong = number[:place] + digit + number[place + 1 :]
    assert is_card_number(wrong) == (wrong == number)


@given(serial=SERIALS)
def test_two_neighbours_exchanged_are_found(serial: int) -> None:
    number = card_number(CardTypeName.STANDARD, serial)
    for left, right in pairwise(range(3, len(number))):
        swapped = number[:left] + number[right] + number[left] + number[right + 1 :]
        assert is_card_number(swapped) == (swapped == number)


@pytest.mark.parametrize(
    "text", ["", "STD1234567", "XYZ00000013", "std00000013", "STD0000001３", "STD00000013 "]
)
def test_what_is_not_spelled_like_one_is_none(text: str) -> None:
    assert not is_card_number(text)


@pytest.mark.parametrize("serial", [0, -1, 10_000_000])
def test_a_serial_that_does_not_fit_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="used up"):
        card_number(CardTypeName.VOUCHER, serial)
