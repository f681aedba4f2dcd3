"""Money, rates, ids and instants refuse what is not exact."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SystemClock, from_unix, from_wire, to_milliseconds, to_unix, to_wire
from shared.ids import IdSource, is_uuid7
from shared.money import MAX_AMOUNT, InvalidAmount, Money, format_amount, parse_amount
from shared.rates import FULL_RATE, payable


@pytest.mark.parametrize(
    ("text", "exponent", "amount"),
    [
        ("299", 2, 29900),
        ("299.00", 2, 29900),
        ("0.01", 2, 1),
        ("0.5", 2, 50),
        ("999999.99", 2, MAX_AMOUNT),
        ("7", 0, 7),
    ],
)
def test_typed_amounts_read_as_people_mean_them(text: str, exponent: int, amount: int) -> None:
    assert parse_amount(text, exponent) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.00",
        "-1",
        "+1",
        "1,000",
        "1.234",
        ".5",
        "5.",
        "1e3",
        "NaN",
        "１２",
        "1 0",
        "1000000.00",
        "9" * 40,
        "0x10",
    ],
)
def test_zero_negative_huge_and_malformed_amounts_are_refused(text: str) -> None:
    with pytest.raises(InvalidAmount):
        parse_amount(text, 2)


@given(st.integers(1, MAX_AMOUNT), st.integers(0, 3))
def test_a_formatted_amount_reads_back(amount: int, exponent: int) -> None:
    assert parse_amount(format_amount(amount, exponent, grouping=False), exponent) == amount


def test_money_adds_within_one_currency_only_and_is_never_a_float() -> None:
    assert Money(5, "TWD") + Money(-7, "TWD") - Money(1, "TWD") == Money(-3, "TWD")
    with pytest.raises(ValueError, match="add up"):
        Money(1, "TWD") + Money(1, "USD")
    with pytest.raises(TypeError):
        Money(1.0, "TWD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(True, "TWD")
    with pytest.raises(ValueError, match="capitals"):
        Money(1, "twd")


@given(st.integers(0, MAX_AMOUNT), st.integers(0, FULL_RATE))
def test_payable_is_the_exact_product_rounded_half_up(raw: int, rate: int) -> None:
    result = payable(raw, rate)
    assert 0 <= result <= raw
    assert -FULL_RATE < 2 * (result * FULL_RATE - raw * rate) <= FULL_RATE


@pytest.mark.parametrize(("raw", "rate"), [(-1, 9500), (1, -1), (1, FULL_RATE + 1)])
def test_payable_refuses_what_is_out_of_bounds(raw: int, rate: int) -> None:
    with pytest.raises(ValueError, match="bounds"):
        payable(raw, rate)


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 1), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001 - hypothesis wants bare bounds
def test_an_instant_survives_the_wire_to_the_millisecond(instant: datetime) -> None:
    assert from_wire(to_wire(instant)) == to_milliseconds(instant)
    assert from_unix(to_unix(instant)) <= instant < from_unix(to_unix(instant)) + timedelta(seconds=1)


def test_an_instant_of_another_zone_is_told_in_utc() -> None:
    taipei = timezone(timedelta(hours=8))
    assert to_wire(datetime(2026, 11, 22, 18, 4, 31, 999_999, tzinfo=taipei)) == "2026-11-22T10:04:31.999Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.123+00:00",
        "2026-11-22 10:00:00.123Z",
        "2026-13-22T10:00:00.123Z",
        "2026-11-22T10:00:00.1234Z",
        "２026-11-22T10:00:00.123Z",
        "2026-11-22T10:00:00.123Z\n",
        "",
    ],
)
def test_any_other_spelling_of_an_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"form|month|data"):
        from_wire(text)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        to_wire(datetime(2026, 11, 22))  # noqa: DTZ001 - the point of the test


def test_the_system_clock_tells_aware_whole_milliseconds_and_never_goes_back() -> None:
    clock = SystemClock()
    now, before = clock.now(), clock.monotonic_ms()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert clock.monotonic_ms() >= before


def test_ids_are_version_7_ordered_by_the_clock_and_unpredictable() -> None:
    ids = IdSource(SystemClock())
    made = [ids.new() for _ in range(200)]
    assert all(is_uuid7(one) for one in made)
    assert len(set(made)) == len(made)
    assert sorted(one[:13] for one in made) == [one[:13] for one in made]


@pytest.mark.parametrize(
    "text",
    [
        "0193A1B2-0000-7000-8000-00000000C0DE",
        "0193a1b2-0000-4000-8000-00000000c0de",
        "0193a1b2-0000-7000-7000-00000000c0de",
        "0193a1b200007000800000000000c0de",
        "0193a1b2-0000-7000-8000-00000000c0de\n",
        "",
    ],
)
def test_other_spellings_of_an_id_are_refused(text: str) -> None:
    assert not is_uuid7(text)
