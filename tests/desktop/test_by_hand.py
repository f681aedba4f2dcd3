"""What keys, clicks and scanners do at the real window."""

import random

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTableView, QWidget

from pos_app.features.charging.screen import State
from pos_app.features.history.flow import HistoryRow
from pos_app.features.shift.flow import Stage
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.fakes.desk import (
    AT,
    GOOD_CODE,
    OFFLINE,
    OTHER_CODE,
    FakeTerminal,
    entry_ref,
)


def test_in_doubt_the_screen_says_neither_paid_nor_not_paid_and_noise_changes_nothing(
    person: Counterpart,
) -> None:
    person.desk.answer = "doubt"
    person.charge("299", State.IN_DOUBT)
    before = person.screen
    assert not person.screen.action.is_enabled
    chance = random.Random(3)
    for _ in range(50):
        match chance.randrange(3):
            case 0:
                person.keys(chance.choice("0123456789"))
            case 1:
                person.enter()
            case 2:
                person.scan(chance.choice((GOOD_CODE, OTHER_CODE, "https://example.com")))
    person.click("action")
    assert person.screen == before
    assert len(person.desk.charges) == 1
    said = " ".join(person.visible_texts())
    assert "結果未定" in said
    assert "已收款" not in said
    assert "未收款" not in said


def test_a_late_answer_is_on_the_screen_within_200_ms(person: Counterpart) -> None:
    person.desk.answer = "doubt"
    person.charge("299", State.IN_DOUBT)
    person.desk.tell_late(person.desk.outcome_of("paid", 29_900))
    person.bot.waitUntil(lambda: person.label("headline_0").text() == "✓ 已收款", timeout=200)


def test_a_charge_by_keyboard_alone_takes_the_amount_and_one_enter(person: Counterpart) -> None:
    person.keys("299")
    person.scan(GOOD_CODE)
    assert person.label("amount").text() == "284.05"
    person.enter()
    person.state(State.APPROVED)
    person.until(lambda: person.label("headline_0").text() == "✓ 已收款")
    assert [(one.amount, one.cashier) for one in person.desk.charges] == [(29_900, "wang")]
    person.keys("5")
    assert person.screen.state is State.AMOUNT_ENTERED
    person.until(lambda: "284.05 已收款" in person.label("line_last").text())


def test_a_charge_by_mouse_alone(open_window: OpenWindow) -> None:
    person = open_window()
    for digit in "1234":
        person.click(f"key_{digit}")
    person.click("sign_in_action")
    person.until(lambda: person.window.current == "charge")
    person.scan(GOOD_CODE)
    for key in ("2", "9", "9", "back", "9"):
        _click_key(person, key)
    person.click("action")
    person.state(State.APPROVED)
    assert [one.amount for one in person.desk.charges] == [29_900]
    person.clock.advance(700)
    person.click("action")
    assert person.screen.state is State.IDLE


def _click_key(person: Counterpart, key: str) -> None:
    made = person.counter.charge_view.keypad.findChild(QPushButton, f"key_{key}")
    assert isinstance(made, QPushButton)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)


def test_in_doubt_a_double_click_on_giving_up_gives_nothing_up(person: Counterpart) -> None:
    person.desk.answer = "doubt"
    person.charge("299", State.IN_DOUBT)
    person.click("choice_1")
    person.click("choice_1")
    assert person.desk.given_up == []
    person.click("choice_1")
    person.click("choice_0")
    person.state(State.GIVEN_UP)
    assert len(person.desk.given_up) == 1


def test_what_is_cancelled_is_the_amount_that_was_in_doubt(person: Counterpart) -> None:
    person.desk.answer = "doubt"
    person.charge("60", State.IN_DOUBT)
    assert person.label("amount").text() == "57.00"
    person.click("choice_1")
    person.click("choice_0")
    person.state(State.GIVEN_UP)
    person.until(lambda: "↺ 已取消" in person.visible_texts())
    assert person.label("amount").text() == "57.00"
    person.clock.advance(700)
    person.enter()
    person.until(lambda: "57.00" in person.label("line_last").text())


@pytest.mark.parametrize("caps", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_a_scanner_reaches_no_widget_and_confirms_nothing_whatever_has_the_focus(
    person: Counterpart, caps: bool, wide: bool
) -> None:
    person.keys("299")
    code = "MPS1:7WA SD%+$*./-"
    burst = code.lower() if caps else code
    if wide:
        burst = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in burst)
    field = QLineEdit(person.window)
    field.show()
    targets: list[QWidget] = [person.window, field, *person.window.findChildren(QTableView)]
    targets += [person.button("key_5"), person.button("action"), person.button("language_switch")]
    for target in targets:
        target.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        target.setFocus()
        for character in burst:
            _send_character(target, character)
            person.clock.advance(5)
        QTest.keyClick(target, Qt.Key.Key_Return)
        assert field.text() == ""
        assert person.desk.charges == []
        assert person.desk.read[-1] == code
        person.clock.advance(400)
    assert person.screen.state is State.CONFIRMING
    assert person.label("amount").text() == "284.05"
    assert person.window.language == "zh_TW"


def _send_character(target: QWidget, character: str) -> None:
    if character.isascii():
        QTest.keyClicks(target, character)
        return
    press = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
    QCoreApplication.sendEvent(target, press)
    QCoreApplication.sendEvent(
        target, QKeyEvent(QEvent.Type.KeyRelease, 0, Qt.KeyboardModifier.NoModifier, character)
    )


def test_letters_that_a_person_typed_reach_the_field_and_a_mangled_burst_is_said(person: Counterpart) -> None:
    field = QLineEdit(person.window)
    field.show()
    field.setFocus()
    for character in "ab":
        QTest.keyClicks(field, character)
        person.clock.advance(200)
    person.until(lambda: field.text() == "ab")
    for character in "ㄩㄣㄋ1ㄤㄇㄎㄐ":
        _send_character(person.window, character)
        person.clock.advance(5)
    person.enter()
    notice = person.screen.notice
    assert notice is not None
    assert "英數" in notice.phrase.said_in("zh_TW")


def test_the_line_flipping_takes_no_focus_and_the_row_says_it(person: Counterpart) -> None:
    focused = person.window.focusWidget()
    person.terminal.line = OFFLINE
    person.terminal.tell_change()
    person.until(lambda: "可收 3,420.00／5,000.00" in person.label("line_state").text())
    assert person.window.focusWidget() is focused
    assert person.button("nav_charge").isVisible()


def test_a_receipt_that_does_not_print_is_said_beside_the_payment(person: Counterpart) -> None:
    person.charge("299", State.APPROVED)
    person.until(lambda: "沒有印收據" in person.label("details").text())


def test_the_language_is_switched_while_running(person: Counterpart) -> None:
    person.click("language_switch")
    assert person.label("prompt").text() == "Enter the amount, or scan first"
    assert person.button("nav_history").text() == "F3 History"
    person.click("language_switch")
    assert person.label("prompt").text() == "輸入金額，或先掃付款碼"


def test_locking_and_coming_back_keeps_what_was_typed(person: Counterpart) -> None:
    person.keys("299")
    person.key(Qt.Key.Key_F12)
    assert person.window.current == "sign_in"
    assert not person.button("nav_charge").isVisible()
    person.scan(GOOD_CODE)
    assert person.desk.read == []
    person.sign_in()
    assert person.label("amount").text() == "299.00"


def test_a_wrong_pin_waits_and_says_how_long(open_window: OpenWindow) -> None:
    person = open_window(FakeTerminal(wait_s=30))
    person.keys("9999")
    person.enter()
    person.until(lambda: "30 秒" in person.label("sign_in_remark").text())
    person.clock.advance(31_000)
    person.until(lambda: person.counter.sign_in.screen.keys_enabled)


def test_the_first_sign_in_opens_the_shift_with_one_enter_and_f7_closes_it(open_window: OpenWindow) -> None:
    person = open_window(FakeTerminal(shift=None))
    person.keys("1234")
    person.enter()
    person.until(lambda: person.counter.shift.screen.stage is Stage.NOT_OPEN)
    assert "王小美" in person.label("shift_body").text()
    person.enter()
    person.until(lambda: person.window.current == "charge")
    person.key(Qt.Key.Key_F7)
    person.until(lambda: person.counter.shift.screen.stage is Stage.LOOKING)
    assert person.label("shift_1_2").text() == "51,630.50"
    person.keys("2")
    person.enter()
    person.until(lambda: person.window.current == "sign_in")
    assert person.terminal.shift is None
    person.until(lambda: person.label("sign_in_notice").text() == "班 0231 已交班；Z 沒有印出：未設定印表機")
    person.click("language_switch")
    assert person.label("sign_in_notice").text() == "Shift 0231 is closed; no Z: no printer set up"
    person.keys("1234")
    person.enter()
    person.until(lambda: person.window.current == "shift")
    assert person.counter.sign_in.screen.notice is None


def test_the_history_finds_as_digits_are_typed_and_prints_a_copy(person: Counterpart) -> None:
    person.terminal.rows = tuple(
        HistoryRow(
            entry_id=entry_ref(n).entry_id,
            at=AT,
            number=f"PAY{n:010d}",
            last4="0000",
            payable=5_000 + n,
            state="completed",
            can_reprint=True,
        )
        for n in range(300)
    )
    person.key(Qt.Key.Key_F3)
    model = person.counter.history.model
    person.until(lambda: model.rowCount() == 300)
    person.keys("0123")
    assert [model.row_at(0), model.rowCount()] == [person.terminal.rows[123], 1]
    person.enter()
    person.until(lambda: "COPY 2" in person.label("history_remark").text())
