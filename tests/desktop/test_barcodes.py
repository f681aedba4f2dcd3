"""A product's barcode, scanned by mistake: digits and Enter at a machine's speed pay nothing (design.md 7)."""

from typing import Literal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from pos_app.features.charging.screen import State
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.fakes.desk import GOOD_CODE, OFFLINE, OTHER_CODE

EAN_13 = "4710088412345"


def burst(person: Counterpart, target: QWidget, text: str = EAN_13, *, gap_ms: int = 5) -> None:
    for character in text:
        QTest.keyClicks(target, character)
        person.clock.advance(gap_ms)
    QTest.keyClick(target, Qt.Key.Key_Return)


def said(person: Counterpart) -> str:
    notice = person.screen.notice
    return "" if notice is None else notice.phrase.said_in("zh_TW")


def test_with_a_code_held_a_barcode_confirms_nothing_and_leaves_the_amount_whatever_has_the_focus(
    person: Counterpart,
) -> None:
    person.keys("299")
    person.scan(GOOD_CODE)
    field = QLineEdit(person.window)
    field.setText("7")
    field.show()
    targets: list[QWidget] = [person.window, field, person.button("key_5"), person.button("action")]
    targets += [person.button("language_switch"), person.button("nav_history")]
    for target in targets:
        target.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        target.setFocus()
        person.clock.advance(400)
        burst(person, target)
        assert person.desk.charges == []
        assert person.screen.state is State.CONFIRMING
        assert person.label("amount").text() == "284.05"
        assert field.text() == "7"
    assert "不是付款碼" in said(person)
    person.clock.advance(400)
    person.enter()
    person.state(State.APPROVED)
    assert [one.amount for one in person.desk.charges] == [29_900]


def test_a_barcode_with_only_a_code_held_makes_no_amount(person: Counterpart) -> None:
    person.scan(GOOD_CODE)
    burst(person, person.window)
    assert person.screen.state is State.CODE_SEEN
    person.clock.advance(400)
    person.enter()
    assert person.desk.charges == []


@pytest.mark.parametrize("answer", ["paid", "declined", "doubt"])
def test_a_barcode_on_a_result_makes_no_amount_and_changes_no_doubt(
    person: Counterpart, answer: Literal["paid", "declined", "doubt"]
) -> None:
    person.desk.answer = answer
    ends = {"paid": State.APPROVED, "declined": State.DECLINED, "doubt": State.IN_DOUBT}
    person.charge("299", ends[answer])
    person.clock.advance(2_000)
    burst(person, person.window)
    after = {"paid": State.IDLE, "declined": State.AMOUNT_ENTERED, "doubt": State.IN_DOUBT}
    assert person.screen.state is after[answer]
    # A refused customer's amount is the one that another code is tried with.
    shown = {"paid": "0.00", "declined": "299.00", "doubt": "284.05"}
    assert person.label("amount").text() == shown[answer]
    assert len(person.desk.charges) == 1


def test_a_barcode_where_a_pin_is_typed_is_no_attempt(open_window: OpenWindow) -> None:
    person = open_window()
    burst(person, person.window)
    assert person.window.current == "sign_in"
    assert person.counter.sign_in.screen.digits == 0
    assert "不是 PIN" in person.label("sign_in_remark").text()
    person.clock.advance(400)
    person.sign_in()
    assert person.window.current == "charge"


def test_the_fastest_person_and_the_keypad_confirm_as_ever(person: Counterpart) -> None:
    person.scan(GOOD_CODE)
    burst(person, person.window, "123456", gap_ms=40)
    person.state(State.APPROVED)
    person.clock.advance(2_000)
    person.scan(OTHER_CODE)
    for _ in range(6):
        person.click("key_1")
    person.enter()
    person.until(lambda: len(person.desk.charges) == 2)
    assert [one.amount for one in person.desk.charges] == [12_345_600, 11_111_100]


def test_a_persons_keys_that_waited_for_a_busy_window_are_not_taken_for_a_machines(
    person: Counterpart,
) -> None:
    person.scan(GOOD_CODE)
    _press(person, Qt.Key.Key_Down, "", 10_000)
    person.clock.advance(900)
    for place, digit in enumerate("123456"):
        _press(person, Qt.Key(ord(digit)), digit, 10_100 + 120 * place)
    _press(person, Qt.Key.Key_Return, "\r", 10_900)
    person.state(State.APPROVED)
    assert [one.amount for one in person.desk.charges] == [12_345_600]


def _press(person: Counterpart, key: Qt.Key, text: str, at_ms: int) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        event.setTimestamp(at_ms)
        QCoreApplication.sendEvent(person.window, event)


def test_offline_beside_a_managers_pin_a_barcode_is_no_attempt(person: Counterpart) -> None:
    person.terminal.line = OFFLINE
    person.desk.answer = "manager"
    person.keys("299")
    person.scan(GOOD_CODE)
    person.enter()
    person.state(State.MANAGER_NEEDED)
    person.keys("1")
    person.clock.advance(400)
    burst(person, person.window)
    assert person.screen.pin is not None
    assert person.screen.pin.digits == 1
    assert person.screen.pin.remark is not None
    assert "不是付款碼" in person.screen.pin.remark.said_in("zh_TW")


def test_a_barcode_on_the_shifts_page_hands_nothing_over(person: Counterpart) -> None:
    person.key(Qt.Key.Key_F7)
    person.until(lambda: person.label("shift_1_2").text() != "")
    before = person.counter.shift.screen
    burst(person, person.window, "2222222222222")
    person.clock.advance(400)
    assert person.counter.shift.screen == before
    person.enter()
    assert person.window.current == "shift"
    assert person.terminal.shift is not None
