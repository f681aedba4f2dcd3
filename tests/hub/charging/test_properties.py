"""What holds of the decision whatever is asked (protocol.md, invariants 1, 2, 5)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub_server.charging import (
    Answer,
    Ask,
    Completed,
    Leg,
    Limits,
    LiveCharge,
    Returned,
    Reversal,
    Side,
    WorkingCopy,
    World,
)
from hub_server.loyalty import DEFAULT_TIERS
from tests.builders.charging_world import NOW, answers, card, claims, code, live, settlement, world

CARDS = 3
CODES = 6

balances = st.lists(st.integers(min_value=0, max_value=200_000), min_size=CARDS, max_size=CARDS)
steps = st.lists(
    st.tuples(
        st.sampled_from(["live", "settle", "reverse"]),
        st.integers(min_value=0, max_value=CODES - 1),
        st.integers(min_value=1, max_value=99_999_999),
        st.integers(min_value=0, max_value=10_000),
    ),
    max_size=30,
)
Steps = list[tuple[str, int, int, int]]


def _world(held: list[int]) -> World:
    return world(
        [card(f"card-{index}", balance) for index, balance in enumerate(held)],
        [code(index, f"card-{index % CARDS}") for index in range(CODES)],
    )


def _play(there: World, moves: Steps) -> tuple[WorkingCopy, list[Ask], list[Answer]]:
    """Ask one after the other; a reversal undoes the newest standing charge of its code."""
    copy, asks, answers = WorkingCopy(there), list[Ask](), list[Answer]()
    standing: dict[int, list[Completed]] = {}
    for kind, index, amount, rate in moves:
        ask: Ask
        if kind == "reverse":
            if not standing.get(index):
                continue
            ask = _undo(standing[index].pop())
        else:
            ask = live(index, amount, rate=rate) if kind == "live" else settlement(index, amount, rate=rate)
        answer = copy.answer(ask)
        if isinstance(answer, Completed):
            standing.setdefault(index, []).append(answer)
        asks.append(ask)
        answers.append(answer)
    return copy, asks, answers


def _undo(charge: Completed) -> Reversal:
    assert charge.card_id is not None
    return Reversal(
        card_id=charge.card_id,
        code_ref=charge.code_ref,
        amount_left=charge.payable,
        points_left=charge.points_earned,
        by_advice=charge.offline,
        member_id=charge.member_id,
        charged_at=NOW,
        now=NOW,
    )


def _legs(answer: Answer) -> tuple[Leg, ...]:
    return answer.legs if isinstance(answer, Completed | Returned) else ()


@given(held=balances, moves=steps)
def test_money_is_conserved_and_no_cards_account_goes_below_zero(held: list[int], moves: Steps) -> None:
    copy, _, answers = _play(_world(held), moves)
    account = dict(enumerate(held))
    owed = dict.fromkeys(range(CARDS), 0)
    merchant = 0
    for answer in answers:
        for leg in _legs(answer):
            assert leg.amount > 0
            index = int(str(getattr(answer, "card_id", "")).removeprefix("card-"))
            for side, sign in ((leg.debit, -1), (leg.credit, 1)):
                if side is Side.CARD:
                    account[index] += sign * leg.amount
                elif side is Side.OVERDRAFT:
                    owed[index] -= sign * leg.amount
                else:
                    merchant += sign * leg.amount
            assert account[index] >= 0
            assert owed[index] >= 0
            assert min(account[index], owed[index]) == 0
    for index in range(CARDS):
        assert copy.card(f"card-{index}").balance == account[index] - owed[index]
    assert sum(account.values()) - sum(owed.values()) + merchant == sum(held)


@given(held=balances, moves=steps)
def test_a_live_charge_never_takes_more_than_there_is(held: list[int], moves: Steps) -> None:
    copy = WorkingCopy(_world(held))
    for kind, index, amount, rate in moves:
        ask = settlement(index, amount, rate=rate) if kind == "settle" else live(index, amount, rate=rate)
        before = copy.card(f"card-{index % CARDS}").balance
        answer = copy.answer(ask)
        if isinstance(ask, LiveCharge) and isinstance(answer, Completed):
            assert 0 <= answer.payable <= before


@given(held=balances, moves=steps)
def test_points_and_tier_follow_and_codes_count_their_uses(held: list[int], moves: Steps) -> None:
    copy, _, answers = _play(_world(held), moves)
    points = dict.fromkeys(range(CARDS), 0)
    uses: dict[str, int] = {}
    for answer in answers:
        if isinstance(answer, Completed | Returned):
            points[int(str(answer.card_id).removeprefix("card-"))] += answer.points_earned
        if isinstance(answer, Completed):
            uses[answer.code_ref] = uses.get(answer.code_ref, 0) + 1
    for index, total in points.items():
        there = copy.card(f"card-{index}")
        assert (there.points, there.tier) == (total, DEFAULT_TIERS.tier_for(total))
    undone = sum(isinstance(answer, Returned) for answer in answers)
    codes = [copy.code(claims(index).code_ref) for index in range(CODES)]
    assert sum(item.uses for item in codes if item is not None) == sum(uses.values()) - undone


bounds = st.one_of(st.none(), st.integers(min_value=1, max_value=300_000))


@given(held=balances, moves=steps, per_charge=bounds, per_day=bounds)
def test_no_live_charge_takes_a_card_over_its_limits(
    held: list[int], moves: Steps, per_charge: int | None, per_day: int | None
) -> None:
    limited = replace(_world(held), limits=Limits(per_charge, per_day))
    _, asks, answers = _play(limited, moves)
    standing = dict.fromkeys((f"card-{index}" for index in range(CARDS)), 0)
    for ask, answer in zip(asks, answers, strict=True):
        if isinstance(answer, Returned):
            standing[answer.card_id] -= answer.amount
        elif isinstance(answer, Completed) and answer.card_id is not None:
            standing[answer.card_id] += answer.payable
            if isinstance(ask, LiveCharge):
                assert per_charge is None or answer.payable <= per_charge
                assert per_day is None or standing[answer.card_id] <= per_day


@given(held=balances, moves=steps)
def test_one_live_use_of_a_code_stands_at_most(held: list[int], moves: Steps) -> None:
    copy, _, _ = _play(_world(held), moves)
    for index in range(CODES):
        used = copy.code(claims(index).code_ref)
        assert used is not None
        assert used.live_uses <= 1


@given(held=balances, moves=steps)
def test_the_same_asks_of_the_same_world_have_the_same_answers(held: list[int], moves: Steps) -> None:
    _, asks, first = _play(_world(held), moves)
    assert answers(_world(held), asks) == tuple(first)
    assert answers(_world(held), asks) == tuple(first)
