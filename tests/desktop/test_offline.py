"""Offline at the counter: what is left, who approved, what a wrong clock and a full disk stop, and what goes on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from pos_app.appearance.sizes import LARGE, SMALL
from pos_app.features.charging.screen import State
from pos_app.features.sign_in.flow import Person
from pos_app.storage import StorageDamaged, StorageFailed, StorageFull, StorageUnknown
from pos_app.syncing.line import LineState
from shared.problems import Language
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.desktop.test_rooms_fit import assert_sentences_fit
from tests.fakes.desk import CHEN, LOCKED, METER, OFFLINE, ONLINE, WANG, FakeTerminal
from tests.log_rules import ExpectedLogs

OTHER = Person("lin", "林店長", True)
OVER_SOFT = replace(OFFLINE, meter=replace(METER, needs_manager=True))


def at_the_soft_limit(open_window: OpenWindow) -> Counterpart:
    person = open_window(FakeTerminal(line=OVER_SOFT, people=(WANG, OTHER, CHEN)))
    person.desk.answer = "manager"
    person.sign_in()
    person.charge("299", State.MANAGER_NEEDED)
    return person


def type_pin(person: Counterpart, pin: str) -> None:
    """As fingers do it: a burst of digits would be a barcode."""
    for digit in pin:
        person.clock.advance(200)
        person.keys(digit)
    person.clock.advance(200)


def test_offline_the_meter_tells_count_sum_time_and_what_waits(open_window: OpenWindow) -> None:
    person = open_window(FakeTerminal(line=OFFLINE))
    person.sign_in()
    said = person.label("notice").text()
    for part in ("3,420.00", "17 筆", "剩 4 時 0 分", "待上傳 3 筆", "最早 17:07"):
        assert part in said
    person.terminal.line = ONLINE
    person.terminal.tell_change()
    person.until(lambda: "公分" in person.label("notice").text())


def test_a_managers_pin_by_keys_approves_and_both_names_stand_in_the_charge(open_window: OpenWindow) -> None:
    person = at_the_soft_limit(open_window)
    type_pin(person, "9999")
    person.enter()
    person.until(lambda: "PIN 不對" in person.label("pin_who").text())
    assert len(person.desk.charges) == 1
    person.key(Qt.Key.Key_Down)
    assert "陳店長" in person.label("pin_who").text()
    type_pin(person, "567890")
    person.enter()
    person.state(State.APPROVED_OFFLINE)
    assert [(one.cashier, one.approver) for one in person.desk.charges] == [("wang", None), ("wang", "chen")]
    person.until(lambda: "授權 陳店長" in person.label("details").text())


def test_the_same_by_touch_alone(open_window: OpenWindow) -> None:
    person = at_the_soft_limit(open_window)
    person.click("choice_1")
    assert "陳店長" in person.label("pin_who").text()
    for digit in "567890":
        person.click(f"key_{digit}")
    person.click("action")
    person.state(State.APPROVED_OFFLINE)


@pytest.mark.parametrize("by_touch", [False, True])
def test_leaving_the_pin_leaves_the_charge_unapproved_and_says_so(
    open_window: OpenWindow, by_touch: bool
) -> None:
    person = at_the_soft_limit(open_window)
    type_pin(person, "5678")
    if by_touch:
        person.click("choice_0")
    else:
        person.key(Qt.Key.Key_Escape)
    assert person.screen.state is State.CONFIRMING
    assert person.label("notice").text() == "店長沒有授權，這筆還沒有收款。"
    assert len(person.desk.charges) == 1


def test_in_doubt_leaving_the_pin_goes_on_asking_and_says_so(person: Counterpart) -> None:
    person.desk.option = replace(person.desk.option, needs_manager=True)
    person.desk.answer = "doubt"
    person.charge("299", State.IN_DOUBT)
    person.key(Qt.Key.Key_F5)
    person.click("choice_0")
    assert person.screen.state is State.IN_DOUBT
    assert "仍在詢問" in person.label("details").text()
    assert person.desk.approved == []


def test_too_many_wrong_pins_wait_and_approve_nothing(open_window: OpenWindow) -> None:
    person = at_the_soft_limit(open_window)
    person.terminal.wait_s = 30
    type_pin(person, "9999")
    person.enter()
    person.until(lambda: "30 秒" in person.label("pin_who").text())
    assert len(person.desk.charges) == 1


def test_a_locked_clock_says_why_and_what_to_do_and_charges_online_go_on(open_window: OpenWindow) -> None:
    person = open_window(FakeTerminal(line=replace(OFFLINE, meter=LOCKED)))
    person.sign_in()
    assert "離線核准鎖住" in person.label("line_state").text()
    assert "自動校時" in person.label("notice").text()
    person.terminal.line = replace(ONLINE, meter=LOCKED)
    person.terminal.tell_change()
    person.until(lambda: "照常收款" in person.label("line_state").text())
    person.charge("299", State.APPROVED)
    person.terminal.line = ONLINE
    person.terminal.tell_change()
    person.until(lambda: "鎖" not in person.label("line_state").text())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (StorageFull("no room"), "清出空間"),
        (StorageFailed("an I/O error"), "清出空間"),
        (StorageDamaged("entry 3"), "重新啟動終端"),
    ],
)
def test_what_the_disk_did_not_take_is_not_charged_and_the_same_code_serves_again(
    person: Counterpart, expected_logs: ExpectedLogs, fault: Exception, said: str
) -> None:
    expected_logs.allow("pos_app.background", "charge")
    person.desk.fault = fault
    person.charge("299", State.DECLINED)
    assert person.label("header_label").text() == "✕ 未收款"
    assert said in person.label("reason").text()
    person.desk.fault = None
    person.clock.advance(700)
    person.enter()
    assert person.screen.state is State.CONFIRMING
    assert person.desk.forgotten == 0
    person.enter()
    person.state(State.APPROVED)


def test_a_disk_of_which_nobody_knows_leaves_the_charge_in_doubt(
    person: Counterpart, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.background", "charge")
    person.desk.fault = StorageUnknown("it does not open again")
    person.charge("299", State.IN_DOUBT)
    assert "未收款" not in " ".join(person.visible_texts())


def test_a_journal_found_damaged_while_running_is_said_in_the_row_and_beside_the_camera(
    open_window: OpenWindow,
) -> None:
    person = open_window(FakeTerminal(line=replace(ONLINE, is_read_only=True)))
    person.sign_in()
    assert "已停止收款" in person.label("line_state").text()
    assert "重新啟動" in person.label("notice").text()


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_the_words_of_offline_fit(
    open_window: OpenWindow, language: Language, size: tuple[int, int], expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.background", "charge")
    longest = replace(METER, left_total=9_999_999, max_total=9_999_999, left_count=999, needs_manager=True)
    terminal = FakeTerminal(line=replace(OFFLINE, meter=longest, waiting=5_000), people=(WANG, OTHER, CHEN))
    person = open_window(terminal, language=language, size=size)
    person.sign_in()
    for line in (
        replace(OFFLINE, meter=LOCKED),
        replace(ONLINE, meter=LOCKED),
        replace(ONLINE, is_read_only=True),
        replace(OFFLINE, state=LineState.CONNECTING),
    ):
        assert_sentences_fit(person)
        person.terminal.line = line
        person.terminal.tell_change()
        state = person.label("line_state").text()
        person.until(lambda state=state: person.label("line_state").text() != state)  # type: ignore[misc]
    for fault in (StorageFull("x"), StorageDamaged("x")):
        person.desk.fault = fault
        person.charge("999999.99", State.DECLINED)
        person.until(lambda: person.label("reason").text() != "")
        assert_sentences_fit(person)
        person.key(Qt.Key.Key_Escape)
    person.desk.fault = None
    person.desk.answer = "manager"
    person.charge("999999.99", State.MANAGER_NEEDED)
    person.until(lambda: person.label("pin_who").isVisible())
    assert_sentences_fit(person)
