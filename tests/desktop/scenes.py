"""How a person at the counter comes to each state of the charge screen, with the longest amount."""

from collections.abc import Callable

from pos_app.features.charging.screen import State
from tests.desktop.conftest import Counterpart
from tests.fakes.desk import (
    GOOD_CODE,
)

Scene = Callable[[Counterpart], None]


def _idle(person: Counterpart) -> None:
    person.state(State.IDLE)


def _amount(person: Counterpart) -> None:
    person.keys("999999.99")


def _code(person: Counterpart) -> None:
    person.scan(GOOD_CODE)


def _confirming(person: Counterpart) -> None:
    person.keys("999999.99")
    person.scan(GOOD_CODE)


def _waiting(person: Counterpart) -> None:
    person.desk.before_answer = person.hold
    person.charge("999999.99", State.WAITING)


def _outcome(state: State) -> Scene:
    answers = {
        State.APPROVED: "paid",
        State.APPROVED_OFFLINE: "offline",
        State.DECLINED: "declined",
        State.IN_DOUBT: "doubt",
        State.GIVEN_UP: "given_up",
        State.MANAGER_NEEDED: "manager",
    }

    def scene(person: Counterpart) -> None:
        person.desk.answer = answers[state]  # type: ignore[assignment]
        person.charge("999999.99", state)

    return scene


SCENES: dict[State, Scene] = {
    State.IDLE: _idle,
    State.AMOUNT_ENTERED: _amount,
    State.CODE_SEEN: _code,
    State.CONFIRMING: _confirming,
    State.WAITING: _waiting,
    **{
        state: _outcome(state)
        for state in (
            State.APPROVED,
            State.APPROVED_OFFLINE,
            State.DECLINED,
            State.IN_DOUBT,
            State.GIVEN_UP,
            State.MANAGER_NEEDED,
        )
    },
}
