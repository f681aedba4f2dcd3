"""待處理: rows are chosen and seen to by keys and by touch; what is final stays until a manager's PIN has noted it."""

import pytest
from PySide6.QtCore import Qt

from pos_app.appearance.sizes import LARGE, SMALL
from pos_app.features.inbox.flow import FINAL, InboxRow, Meaning
from pos_app.features.sign_in.flow import Person
from shared.journal_entries import Status
from shared.problems import Code, Language
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.desktop.test_rooms_fit import assert_sentences_fit
from tests.fakes.desk import AT, CHEN, WANG, FakeTerminal, entry_ref

OTHER = Person("lin", "林店長", True)


def row(number: int, meaning: Meaning, reason: Code | None = Code.QR_ALREADY_USED) -> InboxRow:
    is_record = meaning is Meaning.RECORD_REFUSED
    return InboxRow(
        entry_id=entry_ref(number).entry_id,
        at=AT,
        amount=None if is_record else 99_999_999,
        last4=None if is_record else "1234",
        meaning=meaning,
        reason=reason,
        seq=number,
        status=Status.REJECTED,
    )


def at_inbox(
    open_window: OpenWindow,
    *meanings: Meaning,
    language: Language = "zh_TW",
    size: tuple[int, int] = LARGE.window,
) -> Counterpart:
    rows = tuple(row(number, meaning) for number, meaning in enumerate(meanings, start=1))
    person = open_window(FakeTerminal(to_do=rows), language, size)
    person.sign_in()
    person.key(Qt.Key.Key_F8)
    person.until(lambda: len(person.counter.inbox.flow.rows) == len(meanings))
    return person


def type_pin(person: Counterpart, pin: str) -> None:
    """As fingers do it: a burst of digits would be a barcode."""
    for digit in pin:
        person.clock.advance(200)
        person.keys(digit)
    person.clock.advance(200)


def said(person: Counterpart) -> str:
    return person.label("inbox_remark").text()


def test_a_rejected_charge_is_noted_by_a_managers_pin_with_keys_alone(open_window: OpenWindow) -> None:
    person = at_inbox(open_window, Meaning.IN_DOUBT, Meaning.REJECTED, Meaning.WAITING)
    assert person.button("nav_inbox").text() == "F8 待處理 2"
    person.key(Qt.Key.Key_Down)
    person.keys("2")
    assert person.label("pad_head").text().startswith("999,999.99")
    assert "門店收不到這筆款" in person.label("pad_meaning").text()
    type_pin(person, "1111")
    person.enter()
    person.until(lambda: person.label("pad_remark").text() == "PIN 不對。請再輸入。")
    type_pin(person, "567890")
    person.enter()
    person.until(lambda: "陳店長" in said(person))
    assert person.terminal.noted == [(entry_ref(2).entry_id, "chen")]
    person.until(
        lambda: [one.meaning for one in person.counter.inbox.flow.rows] == [Meaning.IN_DOUBT, Meaning.WAITING]
    )


def test_the_same_by_touch_with_the_other_manager_and_a_cashiers_pin_is_none(open_window: OpenWindow) -> None:
    rows = (row(1, Meaning.CONTRADICTED, Code.CONTRADICTORY_ENTRY),)
    person = open_window(FakeTerminal(to_do=rows, people=(WANG, OTHER, CHEN)))
    person.sign_in()
    person.click("nav_inbox")
    person.until(lambda: person.button("inbox_second_0").isVisible())
    person.click("inbox_second_0")
    assert "林店長" in person.label("pad_who").text()
    person.click("pad_other")
    assert "陳店長" in person.label("pad_who").text()
    for digit in "567890":
        person.click(f"key_{digit}")
    person.click("pad_action")
    person.until(lambda: person.terminal.noted == [(entry_ref(1).entry_id, "chen")])
    person.until(lambda: person.label("inbox_empty").isVisible())


def test_esc_beside_the_pin_notes_nothing_and_says_so(open_window: OpenWindow) -> None:
    person = at_inbox(open_window, Meaning.REJECTED)
    person.keys("2")
    person.keys("56")
    person.key(Qt.Key.Key_Escape)
    assert person.window.current == "inbox"
    assert said(person) == "沒有記下，仍列在待處理"
    assert person.terminal.noted == []
    person.key(Qt.Key.Key_Escape)
    assert person.window.current == "charge"


def test_too_many_wrong_pins_say_how_long_to_wait(open_window: OpenWindow) -> None:
    person = at_inbox(open_window, Meaning.DIFFERENT)
    person.terminal.wait_s = 30
    person.keys("2")
    type_pin(person, "9999")
    person.enter()
    person.until(lambda: "30 秒" in person.label("pad_remark").text())
    assert person.terminal.noted == []


def test_a_pin_that_was_begun_is_gone_when_the_till_is_locked(open_window: OpenWindow) -> None:
    person = at_inbox(open_window, Meaning.REJECTED)
    person.keys("2")
    person.keys("5678")
    person.key(Qt.Key.Key_F12)
    person.sign_in()
    person.key(Qt.Key.Key_F8)
    assert person.counter.inbox.flow.noting is None
    assert person.counter.inbox.flow.pin.digits == 0


def test_giving_up_takes_two_keys_and_only_the_row_that_was_meant(open_window: OpenWindow) -> None:
    person = at_inbox(open_window, Meaning.IN_DOUBT, Meaning.IN_DOUBT)
    person.key(Qt.Key.Key_Down)
    person.keys("1")
    person.keys("2")
    person.enter()
    assert person.terminal.desk.given_up == []
    person.keys("1")
    person.enter()
    person.until(lambda: said(person) == "這筆已取消")
    assert person.terminal.desk.given_up == [entry_ref(2).entry_id]


def test_a_barcode_presses_no_button_and_enters_no_pin(open_window: OpenWindow) -> None:
    person = at_inbox(open_window, Meaning.IN_DOUBT, Meaning.REJECTED)
    person.keys("1")
    person.window.digits_scanned(1)
    assert person.counter.inbox.flow.sure is None
    person.key(Qt.Key.Key_Down)
    person.keys("2")
    person.keys("4710")
    person.window.digits_scanned(4)
    assert person.counter.inbox.flow.pin.digits == 0
    assert "條碼" in person.label("pad_remark").text()


def test_the_slip_for_the_manager_goes_to_the_printer_and_its_failure_is_said(
    open_window: OpenWindow,
) -> None:
    person = at_inbox(open_window, Meaning.HELD)
    person.keys("1")
    person.until(lambda: "未設定印表機" in said(person) or "已送印" in said(person))


def test_only_what_is_final_can_be_noted(open_window: OpenWindow) -> None:
    for meaning in Meaning:
        person = at_inbox(open_window, meaning)
        person.keys("2")
        assert (person.counter.inbox.flow.noting is not None) == (meaning in FINAL), meaning
        person.desktop.window.close()


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_every_meaning_fits_its_row_and_its_pin_page(
    open_window: OpenWindow, language: Language, size: tuple[int, int]
) -> None:
    person = at_inbox(open_window, *Meaning, language=language, size=size)
    inbox = person.counter.inbox
    for _ in Meaning:
        assert_sentences_fit(person)
        person.keys("2")
        if inbox.flow.noting is not None:
            assert_sentences_fit(person)
            person.key(Qt.Key.Key_Escape)
        person.key(Qt.Key.Key_Down)
