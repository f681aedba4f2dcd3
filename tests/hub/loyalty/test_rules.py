"""domain.md's tables of cards and tiers, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_server.loyalty import DEFAULT_TIERS, Tier, TierTable, earns_points, rate_for, tier_for
from shared.api.transactions import CardTypeName


@pytest.mark.parametrize(
    ("points", "tier", "rate"),
    [
        (0, 0, 10_000),
        (999, 0, 10_000),
        (1_000, 1, 9_500),
        (4_999, 1, 9_500),
        (5_000, 2, 9_000),
        (9_999, 2, 9_000),
        (10_000, 3, 8_500),
        (10_000_000, 3, 8_500),
    ],
)
def test_the_tier_follows_the_points(points: int, tier: int, rate: int) -> None:
    assert tier_for(points, DEFAULT_TIERS) == tier
    assert DEFAULT_TIERS.rate_of(tier) == rate


@pytest.mark.parametrize(
    ("card_type", "tier", "fixed_rate", "rate"),
    [
        ("standard", 2, None, 9_000),
        ("standard", 2, 8_000, 9_000),
        ("prepaid", 2, None, 9_000),
        ("prepaid", 2, 8_000, 8_000),
        ("prepaid", 2, 9_700, 9_000),
        ("prepaid", 0, 0, 0),
        ("corporate", 3, None, 10_000),
        ("corporate", 3, 9_200, 9_200),
        ("voucher", 3, 5_000, 10_000),
    ],
)
def test_each_card_type_has_its_rate(
    card_type: CardTypeName, tier: int, fixed_rate: int | None, rate: int
) -> None:
    assert rate_for(card_type, tier, fixed_rate, DEFAULT_TIERS) == rate


def test_only_standard_and_prepaid_cards_collect_points() -> None:
    kinds: tuple[CardTypeName, ...] = ("standard", "prepaid", "corporate", "voucher")
    assert [earns_points(kind) for kind in kinds] == [True, True, False, False]


@pytest.mark.parametrize(
    "tiers",
    [
        (),
        (Tier(tier=0, from_points=1, rate=10_000),),
        (Tier(tier=0, from_points=0, rate=10_001),),
        (Tier(tier=0, from_points=0, rate=10_000), Tier(tier=1, from_points=0, rate=9_000)),
        (Tier(tier=0, from_points=0, rate=10_000), Tier(tier=0, from_points=9, rate=9_000)),
        (
            Tier(tier=0, from_points=0, rate=10_000),
            Tier(tier=1, from_points=9, rate=9_000),
            Tier(tier=2, from_points=5, rate=8_000),
        ),
    ],
)
def test_a_table_with_a_gap_or_an_overlap_is_refused(tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(ValueError):
        TierTable(tiers)


@given(points=st.integers(min_value=0, max_value=1 << 40), more=st.integers(min_value=0, max_value=1 << 40))
def test_more_points_never_mean_a_lower_tier_or_a_worse_rate(points: int, more: int) -> None:
    low, high = tier_for(points, DEFAULT_TIERS), tier_for(points + more, DEFAULT_TIERS)
    assert high >= low
    assert DEFAULT_TIERS.rate_of(high) <= DEFAULT_TIERS.rate_of(low)


def test_a_table_survives_the_database() -> None:
    assert TierTable.of(DEFAULT_TIERS.rows()) == DEFAULT_TIERS
