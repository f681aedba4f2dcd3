"""The one decision, pure: the order of the checks, and what every answer says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub_server.charging import (
    Completed,
    Declined,
    Leg,
    Returned,
    Reversal,
    Side,
    WorkingCopy,
)
from shared.payment_code.states import CodeState, ImpossibleTransition, advance
from shared.problems import Code
from tests.builders.charging_world import ISSUED, NOW, answers, card, claims, code, live, settlement, world

PAST = NOW - timedelta(days=1)

# Everything that can be wrong with a live charge, in domain.md's order: the first failure wins.
FAULTS: list[tuple[Code, dict[str, Any]]] = [
    (Code.QR_REVOKED, {"code": {"state": CodeState.REVOKED}}),
    (Code.QR_EXPIRED, {"ask": {"at": ISSUED + timedelta(seconds=901)}}),
    (Code.CURRENCY_MISMATCH, {"ask": {"currency": "USD"}}),
    (Code.SERVICE_SUSPENDED, {"world": {"service_is_suspended": True}}),
    (Code.MEMBER_NOT_ACTIVE, {"code": {"member_is_active": False}}),
    (Code.CARD_NOT_ACTIVE, {"card": {"status": "frozen"}}),
    (Code.CARD_EXPIRED, {"card": {"expires_at": PAST}}),
    (Code.LIMIT_EXCEEDED, {"code": {"cap_per_charge": 9_999}}),
    (Code.INSUFFICIENT_BALANCE, {"card": {"balance": 9_999}}),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_first_failing_check_names_the_refusal(first: int) -> None:
    changes: dict[str, dict[str, Any]] = {"ask": {}, "code": {}, "card": {}, "world": {}}
    for _, fault in reversed(FAULTS[first:]):
        for place, values in fault.items():
            changes[place] |= values
    there = world([card(**changes["card"])], [code(**changes["code"])], **changes["world"])
    (answer,) = answers(there, [live(**changes["ask"])])
    assert isinstance(answer, Declined)
    assert answer.refusal.code is FAULTS[first][0]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"state": CodeState.CONSUMED, "live_uses": 1}, Code.QR_ALREADY_USED),
        ({"state": CodeState.REPLACED, "advised_uses": 1}, Code.QR_ALREADY_USED),
        ({"state": CodeState.REPLACED}, Code.QR_REVOKED),
        ({"may_present": False}, Code.CARD_NOT_ACTIVE),
    ],
)
def test_a_code_that_does_not_pay(change: dict[str, Any], refusal: Code) -> None:
    (answer,) = answers(world([card()], [code(**change)]), [live()])
    assert isinstance(answer, Declined)
    assert answer.refusal.code is refusal


def test_an_unknown_or_unverified_code_is_invalid() -> None:
    unknown, unverified = answers(world([card()], []), [live(), live(claims=None)])
    assert isinstance(unknown, Declined)
    assert isinstance(unverified, Declined)
    assert unknown.refusal.code is unverified.refusal.code is Code.INVALID_QR


def test_many_charges_at_once_each_see_what_those_before_did() -> None:
    there = world([card(balance=250)], [code(0), code(1), code(2)])
    first, second, again, third = answers(there, [live(0, 100), live(1, 100), live(0, 10), live(2, 100)])
    assert isinstance(first, Completed)
    assert isinstance(second, Completed)
    assert isinstance(again, Declined)
    assert again.refusal.code is Code.QR_ALREADY_USED
    assert isinstance(third, Declined)
    assert third.refusal.code is Code.INSUFFICIENT_BALANCE
    assert (second.points_before, second.points_after) == (1, 2)


def test_the_rate_is_the_codes_and_the_tier_follows_the_points() -> None:
    there = world([card(points=999)], [code()])
    (answer,) = answers(there, [live(amount=299, rate=9_500)])
    assert isinstance(answer, Completed)
    assert (answer.payable, answer.rate, answer.points_earned, answer.tier) == (284, 9_500, 2, 1)


def test_training_is_checked_and_moves_nothing() -> None:
    copy = WorkingCopy(world([card()], [code()]))
    answer = copy.answer(live(training=True))
    assert isinstance(answer, Completed)
    assert (answer.card_id, answer.legs) == (None, ())
    assert copy.changed_cards() == []
    assert copy.changed_codes() == []


def test_a_settlement_beyond_the_balance_is_booked_against_the_overdraft() -> None:
    (answer,) = answers(world([card(balance=30)], [code()]), [settlement(amount=100)])
    assert isinstance(answer, Completed)
    assert answer.legs == (
        Leg(Side.CARD, Side.MERCHANT, 30),
        Leg(Side.OVERDRAFT, Side.MERCHANT, 70),
    )
    assert (answer.offline, answer.overdrawn) == (True, True)


def test_what_goes_back_repays_the_overdraft_first() -> None:
    copy = WorkingCopy(world([card(balance=-70)], [code()]))
    answer = copy.answer(_reversal(100))
    assert isinstance(answer, Returned)
    assert answer.legs == (Leg(Side.MERCHANT, Side.OVERDRAFT, 70), Leg(Side.MERCHANT, Side.CARD, 30))
    assert copy.card("card-0").balance == 30


def _reversal(amount: int, points: int = 0, *, by_advice: bool = False) -> Reversal:
    return Reversal(
        card_id="card-0",
        code_ref=claims().code_ref,
        amount_left=amount,
        points_left=points,
        by_advice=by_advice,
        member_id=None,
        charged_at=NOW,
        now=NOW,
    )


def test_a_second_use_by_advice_freezes_the_card_once() -> None:
    copy = WorkingCopy(world([card()], [code()]))
    copy.answer(live())
    second, third = copy.answer(settlement()), copy.answer(settlement())
    assert isinstance(second, Completed)
    assert isinstance(third, Completed)
    assert (second.was_used_before, second.froze_card) == (True, True)
    assert (third.was_used_before, third.froze_card) == (True, False)
    assert copy.card("card-0").status == "frozen"
    used = copy.code(claims().code_ref)
    assert used is not None
    assert (used.live_uses, used.advised_uses, used.state) == (1, 2, CodeState.CONSUMED)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, CodeState.LIVE),
        ({"was_superseded": True}, CodeState.REPLACED),
        ({"revoked_at": PAST}, CodeState.REVOKED),
        ({"expires_at": PAST}, CodeState.EXPIRED),
        ({"live_uses": 2}, CodeState.CONSUMED),
        ({"state": CodeState.REPLACED}, CodeState.REPLACED),
        ({"state": CodeState.REVOKED}, CodeState.REVOKED),
    ],
)
def test_a_code_given_back_stands_where_it_would_stand_unused(
    change: dict[str, Any], state: CodeState
) -> None:
    used = replace(code(state=CodeState.CONSUMED, live_uses=1), **change)
    copy = WorkingCopy(world([card()], [used]))
    copy.answer(_reversal(100))
    after = copy.code(used.code_ref)
    assert after is not None
    assert (after.state, after.live_uses) == (state, used.live_uses - 1)


def test_points_are_taken_back_as_far_as_there_are_any() -> None:
    (answer,) = answers(world([card(points=1_010)], [code()]), [_reversal(0, points=1_500)])
    assert isinstance(answer, Returned)
    assert (answer.points_earned, answer.points_after, answer.tier) == (-1_010, 0, 0)


@pytest.mark.parametrize("end", [CodeState.REVOKED, CodeState.REPLACED])
@pytest.mark.parametrize("to", list(CodeState))
def test_what_was_revoked_or_replaced_stays_so(end: CodeState, to: CodeState) -> None:
    with pytest.raises(ImpossibleTransition):
        advance(end, to)
