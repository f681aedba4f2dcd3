"""How the window comes to each of its screens, driven by keys and codes, for the pictures of `screenshots.py`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from offline_scenes import manager_needed
from PySide6.QtCore import Qt
from window_stage import Stage

from pos_app.appearance.camera_preview import Outline
from pos_app.appearance.translations import charging as words
from pos_app.appearance.translations import rooms
from pos_app.features.charging.outcomes import OfflineOption
from pos_app.features.charging.screen import State
from pos_app.features.history.flow import HistoryRow
from pos_app.features.shift.flow import Stage as ShiftStage
from shared.problems import Code, Refusal
from tests.fakes.desk import (
    AT,
    GOOD_CODE,
    METER,
    OFFLINE,
    ONLINE,
    entry_ref,
)


def _idle(stage: Stage) -> None:
    stage.sign_in()


def _idle_outlined(stage: Stage) -> None:
    stage.sign_in()
    view = stage.counter.charge_view
    view.show_outline(Outline(((396, 315), (604, 315), (604, 685), (396, 685))))
    stage.desktop.window.scanned("https://example.com/menu")


def _amount(stage: Stage) -> None:
    stage.sign_in()
    stage.keys("299")


def _amount_longest(stage: Stage) -> None:
    stage.sign_in()
    stage.keys("999999.99")


def _code_seen(stage: Stage) -> None:
    stage.sign_in()
    stage.desktop.window.scanned(GOOD_CODE)


def _confirming(stage: Stage) -> None:
    stage.sign_in()
    stage.keys("299")
    stage.desktop.window.scanned(GOOD_CODE)


def _confirming_longest(stage: Stage) -> None:
    stage.terminal.desk.rate = 10_000
    stage.terminal.desk.tier = 0
    stage.sign_in()
    stage.keys("999999.99")
    stage.desktop.window.scanned(GOOD_CODE)


def _waiting(stage: Stage) -> None:
    stage.terminal.desk.before_answer = stage.hold
    stage.charge("299", State.WAITING)
    stage.clock.advance(1_400)
    charge = stage.counter.charge_view.panel.progress
    stage.until(lambda: charge.value() >= 1_400)


def _cancelling(stage: Stage) -> None:
    _waiting(stage)
    stage.key(Qt.Key.Key_Escape)


def _approved(stage: Stage) -> None:
    stage.charge("299", State.APPROVED)
    stage.counter.charge.receipt_said(words.RECEIPT_PRINTED())


def _approved_no_paper(stage: Stage) -> None:
    stage.terminal.desk.rate = 10_000
    stage.charge("999999.99", State.APPROVED)
    stage.counter.charge.receipt_said(words.RECEIPT_PAPER_OUT())


def _approved_offline(stage: Stage) -> None:
    stage.terminal.line = OFFLINE
    stage.terminal.desk.answer = "offline"
    stage.charge("299", State.APPROVED_OFFLINE)
    stage.counter.charge.receipt_said(words.RECEIPT_PRINTED())


def _declined(code: Code) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        stage.terminal.desk.answer = "declined"
        stage.terminal.desk.refusal = Refusal(code)
        stage.charge("299", State.DECLINED)

    return scene


def _in_doubt(stage: Stage) -> None:
    stage.terminal.desk.answer = "doubt"
    stage.charge("999999.99" if stage.terminal.desk.rate == 10_000 else "299", State.IN_DOUBT)


def _in_doubt_longest(stage: Stage) -> None:
    stage.terminal.desk.rate = 10_000
    stage.terminal.desk.option = OfflineOption(refusal=Refusal(Code.OFFLINE_LIMIT_EXCEEDED))
    _in_doubt(stage)


def _in_doubt_sure(stage: Stage) -> None:
    _in_doubt(stage)
    stage.key(Qt.Key.Key_Escape)


def _in_doubt_pin(stage: Stage) -> None:
    stage.terminal.desk.option = OfflineOption(refusal=None, needs_manager=True)
    _in_doubt(stage)
    stage.key(Qt.Key.Key_F5)
    stage.keys("123")


def _given_up(stage: Stage) -> None:
    _in_doubt_sure(stage)
    stage.key(Qt.Key.Key_Return)
    stage.state(State.GIVEN_UP)


def _given_up_suspended(stage: Stage) -> None:
    stage.terminal.desk.answer = "given_up"
    stage.terminal.desk.because = Refusal(Code.SERVICE_SUSPENDED)
    stage.charge("299", State.GIVEN_UP)


def _offline_idle(stage: Stage) -> None:
    stage.terminal.line = OFFLINE
    stage.terminal.tell_change()
    stage.sign_in()


def _offline_used_up(stage: Stage) -> None:
    refusal = Refusal(Code.OFFLINE_LIMIT_EXCEEDED)
    stage.terminal.line = replace(OFFLINE, meter=replace(METER, refusal=refusal))
    stage.terminal.tell_change()
    stage.sign_in()


def _next_sale(stage: Stage) -> None:
    stage.terminal.line = replace(ONLINE, waiting=3)
    stage.charge("299", State.APPROVED)
    stage.terminal.tell_change()
    stage.keys("5")


def _sign_in(stage: Stage) -> None:
    stage.keys("12")


def _sign_in_wrong(stage: Stage) -> None:
    stage.terminal.wait_s = 30
    stage.pin("9999")
    sign_in = stage.counter.sign_in
    stage.until(lambda: (said := sign_in.screen.remark) is not None and said.text is rooms.SIGN_IN_WAIT)


def _sign_in_nobody(stage: Stage) -> None:
    stage.terminal.people = ()
    stage.terminal.tell_change()
    stage.until(lambda: not stage.counter.sign_in.screen.people)


def _locked(stage: Stage) -> None:
    stage.sign_in()
    stage.key(Qt.Key.Key_F12)


def _shift_open(stage: Stage) -> None:
    stage.terminal.shift = None
    stage.terminal.line = replace(ONLINE, waiting=4)
    stage.pin("1234")
    stage.until(lambda: stage.counter.shift.screen.stage is not ShiftStage.LOADING)


def _shift(stage: Stage) -> None:
    stage.sign_in()
    stage.key(Qt.Key.Key_F7)
    stage.until(lambda: stage.counter.shift.screen.figures.totals is not None)


def _shift_sure(stage: Stage) -> None:
    _shift(stage)
    stage.keys("2")


def _history(stage: Stage) -> None:
    states = ("completed", "advised", "declined", "in_doubt", "settled", "reversed", "rejected")
    stage.terminal.rows = tuple(
        HistoryRow(
            entry_id=entry_ref(n).entry_id,
            at=AT - timedelta(minutes=3 * n),
            number=f"PAY{12345 - n:010d}" if n % 7 not in (1, 3) else f"T07-{1207 - n}",
            last4=f"{1234 + n * 37:04d}",
            payable=28_405 + n * 1_370 if n != 4 else 99_999_999,
            state=states[n % len(states)],
            can_reprint=True,
        )
        for n in range(60)
    )
    stage.sign_in()
    stage.key(Qt.Key.Key_F3)
    stage.until(lambda: stage.counter.history.model.rowCount() == 60)


def _history_found(stage: Stage) -> None:
    _history(stage)
    stage.keys("123")


def _history_empty(stage: Stage) -> None:
    stage.sign_in()
    stage.key(Qt.Key.Key_F3)


SCENES: dict[str, Callable[[Stage], None]] = {
    "01-idle": _idle,
    "02-idle-wrong-code": _idle_outlined,
    "03-amount": _amount,
    "04-amount-longest": _amount_longest,
    "05-code-seen": _code_seen,
    "06-confirming": _confirming,
    "07-confirming-longest": _confirming_longest,
    "08-waiting": _waiting,
    "09-cancelling": _cancelling,
    "10-approved": _approved,
    "11-approved-longest-no-paper": _approved_no_paper,
    "12-approved-offline": _approved_offline,
    "13-declined": _declined(Code.INSUFFICIENT_BALANCE),
    "14-declined-used": _declined(Code.QR_ALREADY_USED),
    "15-in-doubt": _in_doubt,
    "16-in-doubt-longest": _in_doubt_longest,
    "17-in-doubt-sure": _in_doubt_sure,
    "18-in-doubt-pin": _in_doubt_pin,
    "19-given-up": _given_up,
    "20-given-up-suspended": _given_up_suspended,
    "21-manager-needed": manager_needed,
    "22-offline-idle": _offline_idle,
    "23-offline-used-up": _offline_used_up,
    "24-next-sale": _next_sale,
    "30-sign-in": _sign_in,
    "31-sign-in-held-back": _sign_in_wrong,
    "32-sign-in-nobody": _sign_in_nobody,
    "33-locked": _locked,
    "40-shift-open": _shift_open,
    "41-shift": _shift,
    "42-shift-sure": _shift_sure,
    "50-history": _history,
    "51-history-found": _history_found,
    "52-history-empty": _history_empty,
}
