"""What the counter says, and how soon, when the line to a real hub breaks in each of its ways (issue: timings).

Limits are the requirement's own; what was measured is printed where one is not kept.
"""

import time
from pathlib import Path

import pytest

from pos_app.features.charging.outcomes import InDoubt, Paid, PaidOffline
from pos_app.syncing.line import LineState
from shared.api.policy import Policy
from tests.fakes.line import Line, LineFault
from tests.system.shop import Shop
from tests.system.till import Till, enrol_here
from tests.system.witness import both_sides_agree, own_charges, own_types

pytestmark = pytest.mark.serial

REFUSED_S = 1.0
OVER_TIMEOUT_S = 0.5
IDLE_S = 5.0
BACKLOG_S = 5.0
BACKLOG = 100
_AMOUNT = 100
_LATE_S = 15.0


def _timeout_s(till: Till) -> float:
    return till.terminal.hub_copy.facts.policy.response_timeout_ms / 1000


def test_a_refused_line_says_offline_and_approves_within_a_second_of_the_press(
    shop: Shop, line: Line, till: Till
) -> None:
    code = shop.payment_code()
    line.become(LineFault.REFUSE)
    pressed = time.monotonic()
    charged = till.charge(code.text, _AMOUNT)
    till.row.wait("offline", lambda status: status.state is LineState.OFFLINE, REFUSED_S)
    took = time.monotonic() - pressed
    assert isinstance(charged.outcome, PaidOffline), charged.outcome
    assert took <= REFUSED_S, f"{took:.2f} s from the press to OFFLINE and approved"
    line.become(LineFault.NONE)
    till.wait_online()
    both_sides_agree(shop, till.folder)


def test_a_terminal_that_knows_it_is_offline_approves_within_a_second(
    shop: Shop, line: Line, till: Till
) -> None:
    code = shop.payment_code()
    line.become(LineFault.REFUSE)
    till.wait_offline()
    charged = till.charge(code.text, _AMOUNT)
    assert isinstance(charged.outcome, PaidOffline), charged.outcome
    assert charged.took_s <= REFUSED_S, f"{charged.took_s:.2f} s"


def test_an_idle_line_that_is_refused_is_told(line: Line, till: Till) -> None:
    line.become(LineFault.REFUSE)
    took = till.row.wait("offline", lambda status: status.state is LineState.OFFLINE, IDLE_S)
    assert took <= IDLE_S, f"{took:.2f} s"


def test_a_line_that_swallows_gives_an_outcome_within_the_response_timeout(
    shop: Shop, line: Line, till: Till
) -> None:
    code = shop.payment_code()
    line.become(LineFault.SWALLOW)
    charged = till.charge(code.text, _AMOUNT)
    limit = _timeout_s(till) + OVER_TIMEOUT_S
    assert isinstance(charged.outcome, PaidOffline | InDoubt), charged.outcome
    assert charged.took_s <= limit, f"{charged.took_s:.2f} s, {limit} s are allowed"


def test_an_idle_line_that_swallows_is_told_within_five_seconds(line: Line, till: Till) -> None:
    line.become(LineFault.SWALLOW)
    took = till.row.wait("offline", lambda status: status.state is LineState.OFFLINE, IDLE_S)
    assert took <= IDLE_S, f"{took:.2f} s"


def test_a_lost_reply_is_asked_again_with_the_same_entry_and_has_one_effect(
    shop: Shop, line: Line, till: Till
) -> None:
    code = shop.payment_code()
    before = shop.balance(code.card_no)
    line.become(LineFault.LOSE_REPLIES)
    charged = till.charge(code.text, _AMOUNT)
    assert isinstance(charged.outcome, InDoubt), charged.outcome
    limit = _timeout_s(till) + OVER_TIMEOUT_S
    assert charged.took_s <= limit, f"{charged.took_s:.2f} s, {limit} s are allowed"
    assert len(shop.movements(code.card_no)) == 1, "the hub had decided"
    line.become(LineFault.NONE)
    late = till.wait_late(_LATE_S)
    assert isinstance(late, Paid), late
    assert late.entry.entry_id == charged.outcome.entry.entry_id
    till.wait_online()
    assert own_types(till.folder).count("charge") == 1
    assert len(shop.movements(code.card_no)) == 1
    assert shop.balance(code.card_no) == before - _AMOUNT
    both_sides_agree(shop, till.folder)


def test_a_backlog_of_a_hundred_is_settled_within_five_seconds_of_the_line(
    shop: Shop, line: Line, policy: Policy, tmp_path: Path
) -> None:
    offline = policy.offline.model_copy(update={"max_count": BACKLOG, "max_total": 10 * BACKLOG * _AMOUNT})
    shop.set_policy(policy.model_copy(update={"offline": offline}))
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    codes = shop.load(BACKLOG)
    with Till(tmp_path) as till:
        till.wait_online()
        till.row.wait("the policy", lambda status: status.meter.left_count == BACKLOG, _LATE_S)
        line.become(LineFault.REFUSE)
        till.wait_offline()
        for code in codes:
            charged = till.charge(code.text, _AMOUNT)
            assert isinstance(charged.outcome, PaidOffline), charged.outcome
        assert till.row.status.waiting == 2 * BACKLOG
        assert till.row.status.meter.left_count == 0
        line.become(LineFault.NONE)
        took = till.row.wait("the backlog settled", lambda status: status.waiting == 0, 4 * BACKLOG_S)
    both_sides_agree(shop, tmp_path)
    assert all(charge.state == "settled" for charge in own_charges(tmp_path))
    assert took <= BACKLOG_S, f"{took:.2f} s for {BACKLOG} charges"
