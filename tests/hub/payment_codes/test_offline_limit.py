"""How much a code may risk offline (domain.md, Payment code)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_server.payment_codes.rules import OFFLINE_STEPS, OfflineAllowance, offline_limit

MONEY = st.integers(min_value=-100_000, max_value=1_000_000)


def _limit(balance: int, counted: int, per_card: int = 200_000, per_code: int = 50_000) -> int:
    return offline_limit(balance, OfflineAllowance(per_card=per_card, per_code=per_code, counted=counted))


def test_one_code_after_another_carries_less_until_the_allowance_is_used() -> None:
    counted, carried = 0, []
    for _ in range(9):
        carried.append(_limit(1_000_000, counted))
        counted += carried[-1]
    assert carried == [50_000, 50_000, 50_000, 20_000, 10_000, 10_000, 0, 0, 0]
    assert counted <= 200_000


@pytest.mark.parametrize(
    ("balance", "limit"),
    [(-1, 0), (0, 0), (9_999, 0), (10_000, 10_000), (19_999, 10_000), (20_000, 20_000), (49_999, 20_000)],
)
def test_a_code_never_carries_more_than_the_balance(balance: int, limit: int) -> None:
    assert _limit(balance, 0) == limit


def test_a_setting_lowers_what_one_code_carries() -> None:
    assert _limit(1_000_000, 0, per_code=30_000) == 20_000
    assert _limit(1_000_000, 0, per_code=0) == 0


@given(balance=MONEY, counted=st.integers(min_value=0, max_value=400_000))
def test_the_limit_is_a_step_within_balance_allowance_and_the_codes_own_most(
    balance: int, counted: int
) -> None:
    limit = _limit(balance, counted)
    assert limit in OFFLINE_STEPS
    assert limit == 0 or (limit <= balance and 2 * limit <= 200_000 - counted)
