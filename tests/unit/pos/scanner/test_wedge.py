"""A scanner's burst is eaten whole; a person's keys come through (design.md 7)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.devices.scanner import (
    Damage,
    DigitsScanned,
    Fed,
    Key,
    KeyKind,
    Mangled,
    NotAScan,
    Outcome,
    Scan,
    ScanStarted,
    WedgeRecogniser,
)
from tests.builders.codes import BASE45, text_like_a_payment_code

CODE = text_like_a_payment_code(3)
ENTER = Key(KeyKind.END)


def typed(
    wedge: WedgeRecogniser, text: str, *, start: float = 0.0, gap: float = 0.005
) -> tuple[list[Fed], float]:
    at = start
    fed = []
    for char in text:
        fed.append(wedge.feed(Key(KeyKind.TEXT, char), at))
        at += gap
    return fed, at


def outcomes(fed: list[Fed]) -> list[Outcome]:
    return [outcome for one in fed for outcome in one.outcomes]


def full_width(text: str) -> str:
    return "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize("spell", [str, str.swapcase, str.lower, full_width], ids=lambda f: f.__name__)
def test_a_code_and_enter_at_5_ms_is_one_scan_and_every_key_is_eaten(spell: Callable[[str], str]) -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, spell(CODE))
    fed.append(wedge.feed(ENTER, at))
    assert all(one.eaten for one in fed)
    assert outcomes(fed) == [ScanStarted(), Scan(CODE)]
    assert not wedge.is_scanning


def test_a_scanner_without_enter_ends_by_120_ms_of_silence() -> None:
    wedge = WedgeRecogniser()
    _, at = typed(wedge, CODE)
    last = at - 0.005
    assert wedge.tick(last + 0.119) == ()
    assert wedge.tick(last + 0.121) == (Scan(CODE),)


def test_the_spaces_and_digits_inside_a_code_are_eaten() -> None:
    fed, _ = typed(WedgeRecogniser(), "MPS1:A 7 0/.")
    assert all(one.eaten for one in fed)


@pytest.mark.parametrize("key", ["2", "0", ".", "/", " ", "-", "９"])
def test_amount_keys_pass_untouched(key: str) -> None:
    assert WedgeRecogniser().feed(Key(KeyKind.TEXT, key), 1.0) == Fed(eaten=False)


def test_an_enter_of_the_cashiers_own_passes() -> None:
    wedge = WedgeRecogniser()
    typed(wedge, "299", gap=0.0)
    assert wedge.feed(ENTER, 0.01) == Fed(eaten=False)


def test_a_second_enter_of_the_scanners_confirms_nothing_but_the_cashiers_does() -> None:
    wedge = WedgeRecogniser()
    _, at = typed(wedge, CODE)
    wedge.feed(ENTER, at)
    assert wedge.feed(ENTER, at + 0.004).eaten
    assert not wedge.feed(ENTER, at + 0.5).eaten


def test_an_enter_that_comes_after_the_silence_confirms_nothing() -> None:
    wedge = WedgeRecogniser()
    _, at = typed(wedge, CODE)
    wedge.tick(at + 0.130)
    assert wedge.feed(ENTER, at + 0.200).eaten


def test_letters_typed_by_a_person_are_given_back() -> None:
    wedge = WedgeRecogniser()
    assert wedge.feed(Key(KeyKind.TEXT, "a"), 0.0) == Fed(True, (ScanStarted(),))
    fed = wedge.feed(Key(KeyKind.TEXT, "b"), 0.250)
    assert fed == Fed(True, (NotAScan(("a",)), ScanStarted()))
    assert wedge.tick(0.5) == (NotAScan(("b",)),)


def test_a_short_word_and_enter_is_given_back_without_the_enter() -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, "ab", gap=0.1)
    fed.append(wedge.feed(ENTER, at))
    assert outcomes(fed) == [ScanStarted(), NotAScan(("a", "b"))]
    assert fed[-1].eaten


def test_another_qr_code_is_a_scan_too_so_that_the_screen_can_say_what_it_is() -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, "https://example.com/x?y=1")
    fed.append(wedge.feed(ENTER, at))
    assert outcomes(fed)[-1] == Scan("https://example.com/x?y=1")


@pytest.mark.parametrize(
    "arrives",
    ["ㄩㄣㄋㄅ：ㄇㄖㄅㄉ", "MPS1ÖA7 B8", "mps1;a7 b8", "MPS1:A付款B8"],
    ids=["zhuyin", "german-layout", "shift-lost", "half-converted"],
)
def test_a_burst_spoilt_by_an_input_method_is_said_to_be_mangled(arrives: str) -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, arrives)
    fed.append(wedge.feed(ENTER, at))
    assert outcomes(fed)[-1] == Mangled(Damage.INPUT_METHOD)
    assert all(one.eaten for one in fed)


def test_an_endless_burst_is_eaten_and_bounded() -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, "A" * 20_000, gap=0.001)
    fed.append(wedge.feed(ENTER, at))
    assert outcomes(fed) == [ScanStarted(), Mangled(Damage.TOO_LONG)]


def test_a_function_key_during_a_burst_passes_and_the_burst_goes_on() -> None:
    wedge = WedgeRecogniser()
    typed(wedge, "MPS1:A7")
    assert not wedge.feed(Key(KeyKind.OTHER), 0.036).eaten
    assert wedge.feed(ENTER, 0.04).outcomes == (Scan("MPS1:A7"),)


def test_two_codes_in_a_row_are_two_scans() -> None:
    wedge = WedgeRecogniser()
    first, at = typed(wedge, CODE)
    first.append(wedge.feed(ENTER, at))
    second, end = typed(wedge, "MPS-TX:PAY0000012345", start=at + 1)
    second.append(wedge.feed(ENTER, end))
    assert outcomes(first + second) == [
        ScanStarted(),
        Scan(CODE),
        ScanStarted(),
        Scan("MPS-TX:PAY0000012345"),
    ]


def test_no_repr_shows_what_was_scanned() -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, CODE)
    ended = wedge.feed(ENTER, at)
    shown = repr((fed, ended, Key(KeyKind.TEXT, "SECRET"), NotAScan(("SECRET",))))
    assert "SECRET" not in shown
    assert CODE[10:20] not in shown


@given(
    body=st.text(BASE45, min_size=1, max_size=400).filter(lambda body: body[-1] != " "),
    gap_ms=st.integers(0, 60),
    suffixes=st.integers(0, 2),
    amount=st.text("0123456789.", max_size=6),
)
def test_whatever_the_code_says_it_arrives_whole_and_the_amount_before_it_stays(
    body: str, gap_ms: int, suffixes: int, amount: str
) -> None:
    wedge = WedgeRecogniser()
    before, at = typed(wedge, amount, gap=0.2)
    assert not any(one.eaten for one in before)
    fed, at = typed(wedge, f"MPS1:{body}", start=at, gap=gap_ms / 1000)
    for n in range(suffixes):
        fed.append(wedge.feed(ENTER, at + n * 0.005))
    assert all(one.eaten for one in fed)
    told = outcomes(fed) + list(wedge.tick(at + 1))
    assert told == [ScanStarted(), Scan(f"MPS1:{body}")]


EAN_13 = "4710088412345"


def test_a_barcode_of_digits_is_let_through_but_its_enter_is_eaten_and_its_digits_taken_back() -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, EAN_13)
    assert not any(one.eaten for one in fed)
    assert wedge.feed(ENTER, at) == Fed(True, (DigitsScanned(13),))
    assert wedge.feed(ENTER, at + 0.1) == Fed(True)
    assert wedge.feed(ENTER, at + 0.5) == Fed(False)


@pytest.mark.parametrize("digits", ["47100884", "123456", "４７１００８８４１２３４５"])
def test_short_barcodes_and_full_width_ones_are_scans_too(digits: str) -> None:
    wedge = WedgeRecogniser()
    _, at = typed(wedge, digits, gap=0.025)
    assert wedge.feed(ENTER, at).outcomes == (DigitsScanned(len(digits)),)


def test_only_the_digits_of_the_burst_are_taken_back_and_not_those_a_person_typed_before() -> None:
    wedge = WedgeRecogniser()
    _, at = typed(wedge, "299", gap=0.150)
    _, at = typed(wedge, EAN_13, start=at)
    assert wedge.feed(ENTER, at).outcomes == (DigitsScanned(13),)


@pytest.mark.parametrize(
    ("digits", "gap_s", "enter_after_s"),
    [
        ("999999", 0.050, 0.050),
        ("12345678", 0.035, 0.010),
        ("29900", 0.005, 0.005),
        ("12345678", 0.005, 0.200),
        ("999999.99", 0.005, 0.005),
    ],
    ids=["a fast person", "the fastest person", "few digits", "Enter later", "an amount with a point"],
)
def test_what_a_person_types_is_an_amount_and_its_enter_confirms(
    digits: str, gap_s: float, enter_after_s: float
) -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, digits, gap=gap_s)
    assert not any(one.eaten for one in fed)
    assert wedge.feed(ENTER, at - gap_s + enter_after_s) == Fed(False)


def test_two_keys_that_roll_do_not_make_a_scan_of_an_amount() -> None:
    wedge = WedgeRecogniser()
    at = 0.0
    for digit, gap_s in zip("129900", (0.010, 0.080, 0.010, 0.090, 0.010, 0.060), strict=True):
        assert wedge.feed(Key(KeyKind.TEXT, digit), at) == Fed(False)
        at += gap_s
    assert wedge.feed(ENTER, at) == Fed(False)


def test_digits_before_the_first_letter_of_a_barcode_are_taken_back_with_it() -> None:
    wedge = WedgeRecogniser()
    fed, at = typed(wedge, "47AB1234")
    assert wedge.feed(ENTER, at).outcomes == (DigitsScanned(2), Scan("AB1234"))
    assert [one.eaten for one in fed] == [False] * 2 + [True] * 6


@pytest.mark.parametrize("gap_s", [0.150, 0.005])
def test_a_payment_code_scanned_after_an_amount_takes_none_of_it_back(gap_s: float) -> None:
    wedge = WedgeRecogniser()
    _, at = typed(wedge, "299", gap=gap_s)
    _, at = typed(wedge, CODE, start=at)
    assert wedge.feed(ENTER, at).outcomes == (Scan(CODE),)
