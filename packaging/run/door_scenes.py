"""The screens before there is a terminal: one that does not open, and its enrolment."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from window_stage import Stage

from pos_app.desktop.terminal import Doors, Terminal
from pos_app.features.enrolment.flow import EnrolCommand
from pos_app.features.start_up.flow import CannotOpen, Carried, CarryFault, StartUpFault
from pos_app.features.start_up.presenter import RescueWork
from shared.problems import Code, Refusal
from tests.fakes.desk import no_rescue


def _failed_start(fault: StartUpFault, *keys: str, carried: Carried | None = None) -> Callable[[Stage], None]:
    """A start that failed, and what somebody presses there."""

    def scene(stage: Stage) -> None:
        def open_terminal() -> Terminal | None:
            seq = 1_207 if fault is StartUpFault.JOURNAL else None
            raise CannotOpen(fault, "terminal.db: entry 1207: prev does not match entry 1206", seq)

        folders = ("/media/shop/KINGSTON", "/home/shop/Documents", "/home/shop")
        rescue = RescueWork(
            places=lambda: tuple(f"{folder}/mps-journal-T07-20261122-181502.jsonl" for folder in folders),
            carry=lambda _: carried or CarryFault.NOT_WRITTEN,
            set_apart=lambda: False,
        )
        stage.desktop.open_doors(Doors(open_terminal=open_terminal, enrol=lambda _: None, rescue=rescue))
        stage.until(lambda: stage.label("start_up_detail").text() != "")
        for key in keys:
            if key == "enter":
                stage.key(Qt.Key.Key_Return)
            else:
                stage.keys(key)
            stage.rest()

    return scene


def _enrolment(stage: Stage) -> None:
    stage.desktop.open_doors(Doors(open_terminal=lambda: None, enrol=lambda _: None, rescue=no_rescue()))
    stage.until(lambda: stage.desktop.window.current == "enrolment")


def _enrolment_refused(stage: Stage) -> None:
    def enrol(command: EnrolCommand) -> Terminal | Refusal | None:
        return Refusal(Code.ENROLMENT_CODE_INVALID)

    stage.desktop.open_doors(Doors(open_terminal=lambda: None, enrol=enrol, rescue=no_rescue()))
    stage.until(lambda: stage.desktop.window.current == "enrolment")
    stage.desktop.window.scanned("MPS-ENROL:https://hub.example.com#ABCDE12345")
    stage.key(Qt.Key.Key_Return)
    stage.until(lambda: stage.label("enrolment_remark").property("tone") == "bad")


_CARRIED = Carried(
    file="/media/shop/KINGSTON/mps-journal-T07-20261122-181502.jsonl",
    entries=1_984,
    missing=3,
    first_missing=1_207,
)
DOOR_SCENES: dict[str, Callable[[Stage], None]] = {
    "70-start-locked": _failed_start(StartUpFault.LOCKED),
    "71-start-journal": _failed_start(StartUpFault.JOURNAL),
    "72-start-newer": _failed_start(StartUpFault.NEWER),
    "73-start-key": _failed_start(StartUpFault.KEY),
    "74-start-disk": _failed_start(StartUpFault.DISK),
    "75-start-carry": _failed_start(StartUpFault.JOURNAL, "1"),
    "76-start-not-carried": _failed_start(StartUpFault.JOURNAL, "1", "enter"),
    "77-start-carried": _failed_start(StartUpFault.JOURNAL, "1", "enter", carried=_CARRIED),
    "78-start-enrol-again": _failed_start(StartUpFault.JOURNAL, "2"),
    "80-enrolment": _enrolment,
    "81-enrolment-refused": _enrolment_refused,
}
