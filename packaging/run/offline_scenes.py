"""The charge screen when the terminal is on its own: managers, the clock, the disk."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from window_stage import Stage

from pos_app.features.charging.screen import State
from pos_app.features.sign_in.flow import Person
from pos_app.storage import StorageDamaged, StorageFailed
from pos_app.syncing.line import LineState
from shared.problems import Code, Refusal
from tests.fakes.desk import CHEN, LOCKED, METER, OFFLINE, ONLINE, WANG


def manager_needed(stage: Stage) -> None:
    """Over the soft limit, two digits of the PIN typed."""
    stage.terminal.line = replace(OFFLINE, meter=replace(METER, needs_manager=True))
    stage.terminal.desk.answer = "manager"
    stage.charge("299", State.MANAGER_NEEDED)
    stage.keys("12")


def _clock_locked(state: LineState) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        stage.terminal.line = replace(OFFLINE, state=state, meter=LOCKED)
        stage.terminal.tell_change()
        stage.sign_in()

    return scene


def _declined_by_clock(stage: Stage) -> None:
    stage.terminal.line = replace(OFFLINE, meter=LOCKED)
    stage.terminal.desk.answer = "declined"
    stage.terminal.desk.refusal = Refusal(Code.CLOCK_IMPLAUSIBLE)
    stage.charge("299", State.DECLINED)


def _manager_left(stage: Stage) -> None:
    manager_needed(stage)
    stage.key(Qt.Key.Key_Escape)


def _manager_approved(stage: Stage) -> None:
    stage.terminal.people = (WANG, CHEN, Person("lin", "林店長", True))
    manager_needed(stage)
    charge = stage.counter.charge
    for key in ("back", "back", *"567890"):
        charge.press(key)
    charge.confirm()
    stage.state(State.APPROVED_OFFLINE)


def _manager_choice(stage: Stage) -> None:
    stage.terminal.people = (WANG, CHEN, Person("lin", "林店長", True))
    manager_needed(stage)


def _not_written(fault: Exception) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        stage.terminal.desk.fault = fault
        stage.charge("299", State.DECLINED)

    return scene


def _read_only(stage: Stage) -> None:
    stage.terminal.line = replace(ONLINE, is_read_only=True)
    stage.terminal.tell_change()
    stage.sign_in()


OFFLINE_SCENES: dict[str, Callable[[Stage], None]] = {
    "25-clock-locked-offline": _clock_locked(LineState.OFFLINE),
    "26-clock-locked-online": _clock_locked(LineState.ONLINE),
    "27-clock-locked-declined": _declined_by_clock,
    "28-manager-choice": _manager_choice,
    "29-manager-left": _manager_left,
    "34-manager-approved": _manager_approved,
    "35-disk-full": _not_written(StorageFailed("disk full")),
    "36-journal-damaged": _not_written(StorageDamaged("entry 3")),
    "37-read-only": _read_only,
}
