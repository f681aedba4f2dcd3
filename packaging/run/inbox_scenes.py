"""待處理: each meaning of a row, and a manager's PIN beside it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from window_stage import Stage

from pos_app.features.inbox.flow import InboxRow, Meaning
from shared.problems import Code
from tests.fakes.desk import AT, entry_ref


def _inbox_rows(*meanings: Meaning) -> tuple[InboxRow, ...]:
    reasons = {Meaning.REJECTED: Code.QR_ALREADY_USED, Meaning.CONTRADICTED: Code.CONTRADICTORY_ENTRY}
    return tuple(
        InboxRow(
            entry_id=entry_ref(number).entry_id,
            at=AT,
            amount=None if meaning is Meaning.RECORD_REFUSED else 28_405 if number != 1 else 99_999_999,
            last4=None if meaning is Meaning.RECORD_REFUSED else "1234",
            meaning=meaning,
            reason=reasons.get(meaning, Code.CHARGE_NOT_FOUND),
            seq=number,
        )
        for number, meaning in enumerate(meanings, start=1)
    )


def _inbox(*meanings: Meaning) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        stage.terminal.to_do = _inbox_rows(*meanings)
        stage.sign_in()
        stage.key(Qt.Key.Key_F8)
        inbox = stage.counter.inbox
        stage.until(lambda: len(inbox.flow.rows) == len(meanings))

    return scene


def _inbox_sure(stage: Stage) -> None:
    _inbox(Meaning.IN_DOUBT, Meaning.IN_DOUBT, Meaning.REJECTED, Meaning.WAITING)(stage)
    stage.key(Qt.Key.Key_Down)
    stage.keys("1")


def _inbox_pin(stage: Stage) -> None:
    _inbox(Meaning.DIFFERENT)(stage)
    stage.keys("2")
    stage.keys("567")


def _inbox_pin_wrong(stage: Stage) -> None:
    _inbox_pin(stage)
    stage.terminal.wait_s = 30
    stage.keys("1")
    stage.key(Qt.Key.Key_Return)
    pin = stage.counter.inbox.flow.pin
    stage.until(lambda: pin.remark is not None and not pin.is_checking)


def _inbox_empty(stage: Stage) -> None:
    stage.sign_in()
    stage.key(Qt.Key.Key_F8)


INBOX_SCENES: dict[str, Callable[[Stage], None]] = {
    "60-inbox": _inbox_sure,
    "62-inbox-refused": _inbox(Meaning.REJECTED, Meaning.CONTRADICTED, Meaning.DIFFERENT, Meaning.WAITING),
    "63-inbox-waits": _inbox(Meaning.HELD, Meaning.OVERDUE, Meaning.REVERSAL_WAITING),
    "64-inbox-records": _inbox(Meaning.REVERSAL_REFUSED, Meaning.RECORD_REFUSED),
    "65-inbox-pin": _inbox_pin,
    "66-inbox-pin-wrong": _inbox_pin_wrong,
    "61-inbox-empty": _inbox_empty,
}
