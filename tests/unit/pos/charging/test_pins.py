"""Wrong PINs make the next attempt wait, longer each time, and a restart does not shorten it."""

import bcrypt
import pytest

from pos_app.features.sign_in.check_pin import (
    FIRST_WAIT_S,
    FREE_TRIES,
    LONGEST_WAIT_S,
    PinAccepted,
    PinRefused,
)
from shared.api.changes import StaffChanged
from shared.api.terminals import StaffMember
from shared.problems import Code
from tests.unit.pos.charging.counter import Counter

WRONG, RIGHT = "000000", "4711"
PERSON = StaffMember(
    id="wang",
    name="王小美",
    role="cashier",
    pin_hash=bcrypt.hashpw(RIGHT.encode(), bcrypt.gensalt(4)).decode(),
)


@pytest.fixture(autouse=True)
def somebody(counter: Counter) -> None:
    told = StaffChanged(staff=(PERSON,)).model_dump_json()
    counter.terminal.hub_copy.take_event("staff", told, "1")


def _attempt(counter: Counter, pin: str) -> PinAccepted | PinRefused:
    return counter.terminal.pins.check(PERSON.id, pin)


def _wait(counter: Counter, pin: str = WRONG) -> int:
    refused = _attempt(counter, pin)
    assert isinstance(refused, PinRefused)
    return refused.wait_s


def test_the_wait_begins_after_the_free_tries_doubles_and_ends_at_its_longest(counter: Counter) -> None:
    waits = []
    for _ in range(FREE_TRIES + 8):
        waits.append(_wait(counter))
        counter.let_pass(waits[-1] * 1000)
    assert waits[: FREE_TRIES - 1] == [0] * (FREE_TRIES - 1)
    assert waits[FREE_TRIES - 1 : FREE_TRIES + 2] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S]
    assert waits[-1] == LONGEST_WAIT_S


def test_during_the_wait_even_the_right_pin_is_not_looked_at_and_a_restart_changes_nothing(
    counter: Counter,
) -> None:
    for _ in range(FREE_TRIES):
        _wait(counter)
    counter.let_pass(1_000)
    counter.reopen()
    refused = _attempt(counter, RIGHT)
    assert isinstance(refused, PinRefused)
    assert refused.refusal.code is Code.RATE_LIMITED
    assert refused.wait_s == FIRST_WAIT_S - 1
    counter.let_pass(refused.wait_s * 1_000)
    assert isinstance(_attempt(counter, RIGHT), PinAccepted)
    assert _wait(counter) == 0


@pytest.mark.parametrize("pin", ["", "1" * 65, "１２３４"])
def test_what_is_no_pin_is_a_wrong_one(counter: Counter, pin: str) -> None:
    refused = _attempt(counter, pin)
    assert isinstance(refused, PinRefused)
    assert refused.refusal.code is Code.PIN_INVALID
