"""Limits, caps and promotions in the one decision, pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub_server.charging import (
    Answer,
    Completed,
    Declined,
    Limits,
    LiveCharge,
    Refund,
    Reversal,
    Spent,
    WorkingCopy,
)
from hub_server.promotions import RunningFactor, best_factor
from shared.problems import Code
from tests.builders.charging_world import MERCHANT, NOW, card, claims, code, live, settlement, world

TODAY = date(2026, 11, 22)
DAY_OF_300 = Limits(per_day=300)


def _refused(answer: Answer) -> str:
    """What the refusal says is exceeded."""
    assert isinstance(answer, Declined)
    assert answer.refusal.code is Code.LIMIT_EXCEEDED
    return answer.refusal.detail


def _spent(amount: int, member_id: str | None = None, day: date = TODAY) -> Spent:
    return Spent(card_id="card-0", member_id=member_id, day=day, amount=amount)


def _reversal(amount: int, *, charged_at: datetime = NOW, by_advice: bool = False) -> Reversal:
    return Reversal(
        card_id="card-0",
        code_ref=claims().code_ref,
        amount_left=amount,
        points_left=0,
        by_advice=by_advice,
        member_id=None,
        charged_at=charged_at,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("limits", "caps", "spent", "detail"),
    [
        (Limits(per_charge=99), {}, (), "over the card's limit for one charge"),
        (Limits(per_day=299), {}, (_spent(200, "someone else"),), "over the card's limit for a day"),
        (Limits(), {"cap_per_charge": 99}, (), "over the member's cap for one charge"),
        (Limits(), {"cap_per_day": 299}, (_spent(200, "ann"),), "over the member's cap for a day"),
    ],
)
def test_what_is_exceeded_is_told(
    limits: Limits, caps: dict[str, Any], spent: tuple[Spent, ...], detail: str
) -> None:
    there = world([card()], [code(member_id="ann", **caps)], limits=limits, spent=spent)
    assert _refused(WorkingCopy(there).answer(live(amount=100))) == detail


@pytest.mark.parametrize(
    ("limits", "caps", "spent"),
    [
        (Limits(per_charge=100, per_day=300), {}, (_spent(200),)),
        (Limits(per_day=300), {}, (_spent(900, day=TODAY - timedelta(days=1)),)),
        (Limits(), {"cap_per_charge": 100, "cap_per_day": 300}, (_spent(200, "ann"), _spent(900, "bob"))),
    ],
)
def test_up_to_a_limit_is_within_it(limits: Limits, caps: dict[str, Any], spent: tuple[Spent, ...]) -> None:
    there = world([card()], [code(member_id="ann", **caps)], limits=limits, spent=spent)
    assert isinstance(WorkingCopy(there).answer(live(amount=100)), Completed)


def test_it_is_what_is_paid_that_counts_not_the_price() -> None:
    there = world([card()], [code()], limits=Limits(per_charge=95))
    assert isinstance(WorkingCopy(there).answer(live(amount=100, rate=9_500)), Completed)


def test_a_day_is_the_hubs_calendar_day_of_the_charge() -> None:
    there = world([card()], [code()], limits=Limits(per_day=100), spent=(_spent(100),))
    before_midnight = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
    assert there.day_of(before_midnight) == TODAY
    assert there.day_of(before_midnight + timedelta(seconds=1)) == date(2026, 11, 23)


def test_what_a_batch_spends_counts_for_what_comes_after_it() -> None:
    copy = WorkingCopy(world([card()], [code(n) for n in range(4)], limits=DAY_OF_300))
    for index in range(3):
        assert isinstance(copy.answer(live(index, 100)), Completed)
    assert _refused(copy.answer(live(3, 1))) == "over the card's limit for a day"


def test_a_reversal_gives_the_room_back_in_the_day_of_its_charge() -> None:
    copy = WorkingCopy(world([card()], [code(n) for n in range(3)], limits=DAY_OF_300))
    copy.answer(live(0, 300))
    copy.answer(replace(_reversal(300), charged_at=NOW - timedelta(days=1)))
    assert _refused(copy.answer(live(1, 1)))
    copy.answer(_reversal(300))
    assert isinstance(copy.answer(live(2, 300)), Completed)


def test_a_refund_gives_its_part_of_the_room_back() -> None:
    copy = WorkingCopy(world([card()], [code(n, member_id="ann", cap_per_day=300) for n in range(3)]))
    copy.answer(live(0, 300))
    copy.answer(Refund(card_id="card-0", amount=100, points=0, member_id="ann", charged_at=NOW))
    assert _refused(copy.answer(live(1, 101)))
    assert isinstance(copy.answer(live(1, 100)), Completed)


def test_an_offline_settlement_ignores_limits_and_caps_and_counts() -> None:
    codes = [code(n, member_id="ann", cap_per_charge=100, cap_per_day=300) for n in range(2)]
    copy = WorkingCopy(world([card()], codes, limits=Limits(per_charge=100, per_day=300)))
    assert isinstance(copy.answer(settlement(0, 300)), Completed)
    assert _refused(copy.answer(live(1, 1))) == "over the card's limit for a day"


def test_training_is_held_to_the_limits_and_spends_nothing() -> None:
    copy = WorkingCopy(world([card()], [code(n) for n in range(2)], limits=DAY_OF_300))
    assert _refused(copy.answer(live(0, 301, training=True)))
    assert isinstance(copy.answer(live(0, 300, training=True)), Completed)
    assert isinstance(copy.answer(live(1, 300)), Completed)


# Promotions


def _factor(factor: int, merchant_id: str | None = None, **times: Any) -> RunningFactor:
    when = {"starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=1)} | times
    return RunningFactor(merchant_id=merchant_id, factor=factor, **when)


@pytest.mark.parametrize(
    ("factors", "best"),
    [
        ([], 10_000),
        ([_factor(20_000)], 20_000),
        ([_factor(20_000), _factor(15_000, MERCHANT)], 20_000),
        ([_factor(20_000), _factor(30_000, MERCHANT)], 30_000),
        ([_factor(30_000, "another merchant")], 10_000),
        ([_factor(20_000, starts_at=NOW)], 20_000),
        ([_factor(20_000, ends_at=NOW)], 10_000),
        ([_factor(20_000, starts_at=NOW + timedelta(milliseconds=1))], 10_000),
    ],
)
def test_the_greatest_running_factor_counts_alone(factors: list[RunningFactor], best: int) -> None:
    assert best_factor(factors, MERCHANT, NOW) == best


@pytest.mark.parametrize("ask", [live(amount=29_999), settlement(amount=29_999)])
def test_points_are_whole_major_units_times_the_factor_rounded_down(ask: LiveCharge) -> None:
    seen: list[tuple[str, datetime]] = []

    def factor_for(merchant_id: str, at: datetime) -> int:
        seen.append((merchant_id, at))
        return 15_000

    (answer,) = [WorkingCopy(world([card()], [code()], factor_for=factor_for)).answer(ask)]
    assert isinstance(answer, Completed)
    assert answer.points_earned == 299 * 3 // 2
    assert seen == [(MERCHANT, NOW)]


def test_a_promotion_gives_no_points_to_a_card_that_has_none() -> None:
    there = world([card(earns_points=False)], [code()], factor_for=lambda _merchant, _at: 20_000)
    answer = WorkingCopy(there).answer(live())
    assert isinstance(answer, Completed)
    assert answer.points_earned == 0
