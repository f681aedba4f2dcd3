"""A room says nothing of the books before the journal has answered, and nothing old."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pos_app.features.history.flow import HistoryRow
from pos_app.features.inbox.flow import InboxRow
from pos_app.features.shift.flow import ShiftFigures
from shared.problems import Language
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.fakes.desk import AT, OFFLINE, FakeTerminal
from tests.log_rules import ExpectedLogs

WAIT_S = 5
MOMENT: dict[Language, str] = {"zh_TW": "請稍候", "en": "One moment"}
ROW = HistoryRow(
    entry_id="1",
    at=AT,
    number="PAY0000012345",
    last4="1234",
    payable=28_405,
    state="completed",
    can_reprint=True,
)


@dataclass(slots=True)
class SlowTerminal(FakeTerminal):
    """Its journal answers when it is let."""

    answers: threading.Event = field(default_factory=threading.Event)
    fault: OSError | None = None

    def history(self) -> tuple[HistoryRow, ...]:
        self._wait()
        return self.rows

    def inbox(self) -> tuple[InboxRow, ...]:
        self._wait()
        return self.to_do

    def shift_figures(self) -> ShiftFigures:
        self._wait()
        return replace(FakeTerminal.shift_figures(self), waiting=self.line.waiting)

    def _wait(self) -> None:
        assert self.answers.wait(WAIT_S)
        if self.fault is not None:
            raise self.fault


def _is_there(person: Counterpart, name: str) -> bool:
    found = person.window.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found.isVisible()


@pytest.mark.parametrize("language", ["zh_TW", "en"])
@pytest.mark.parametrize(
    ("key", "name", "text"),
    [
        (Qt.Key.Key_F3, "history_empty", {"zh_TW": "還沒有收款", "en": "No charge yet"}),
        (Qt.Key.Key_F8, "inbox_empty", {"zh_TW": "沒有待處理的事", "en": "Nothing to do"}),
    ],
)
def test_a_room_is_called_empty_only_once_the_journal_says_so(
    open_window: OpenWindow, key: Qt.Key, name: str, text: dict[Language, str], language: Language
) -> None:
    terminal = SlowTerminal()
    person = open_window(terminal, language=language)
    person.sign_in()
    person.key(key)
    assert person.label(name).text() == MOMENT[language]
    assert _is_there(person, name)
    terminal.answers.set()
    person.until(lambda: person.label(name).text() == text[language])


def test_the_shift_shows_no_figure_and_no_key_before_it_is_known_and_none_from_before(
    open_window: OpenWindow,
) -> None:
    terminal = SlowTerminal()
    person = open_window(terminal)
    person.sign_in()

    def is_loading() -> bool:
        person.enter()
        person.keys("2")
        hidden = ("shift_1_2", "shift_x", "shift_close", "shift_action")
        return person.label("shift_body").text() == "請稍候" and not any(
            _is_there(person, name) for name in hidden
        )

    person.key(Qt.Key.Key_F7)
    assert is_loading()
    _let(person, terminal, lambda: _is_there(person, "shift_1_2"))
    person.key(Qt.Key.Key_F2)
    terminal.answers.clear()
    person.key(Qt.Key.Key_F7)
    assert is_loading()
    _let(person, terminal, lambda: _is_there(person, "shift_1_2"))
    assert _is_there(person, "shift_close")
    assert person.terminal.shift is not None


def test_the_history_shows_no_row_from_before_and_prints_nothing_meanwhile(open_window: OpenWindow) -> None:
    terminal = SlowTerminal(rows=(ROW,), line=OFFLINE)
    terminal.answers.set()
    person = open_window(terminal)
    person.sign_in()
    person.key(Qt.Key.Key_F3)
    model = person.counter.history.model
    person.until(lambda: model.rowCount() == 1)
    terminal.answers.clear()
    person.key(Qt.Key.Key_F2)
    person.key(Qt.Key.Key_F3)
    person.keys("284")
    person.enter()
    assert model.rowCount() == 0
    assert person.label("history_empty").text() == "請稍候"
    assert person.label("history_remark").text() == ""
    _let(person, terminal, lambda: model.rowCount() == 1)
    assert person.label("history_find").text() == "找：284"


def test_a_journal_that_cannot_be_read_is_said_and_nobody_is_asked_to_wait_for_it(
    open_window: OpenWindow, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.background", "background work failed")
    terminal = SlowTerminal(fault=OSError("the disk"))
    terminal.answers.set()
    person = open_window(terminal)
    person.sign_in()
    for key, remark, body in (
        (Qt.Key.Key_F3, "history_remark", "history_empty"),
        (Qt.Key.Key_F7, "shift_remark", "shift_body"),
    ):
        person.key(key)
        person.until(lambda remark=remark: "內部出錯" in person.label(remark).text())  # type: ignore[misc]
        assert person.label(body).text() == ""


def test_after_a_start_the_line_row_says_what_became_of_the_last_charge(open_window: OpenWindow) -> None:
    interrupted = replace(ROW, state="reversed", number="", can_reprint=False)
    person = open_window(FakeTerminal(rows=(interrupted, ROW)), language="zh_TW")
    person.sign_in()
    person.until(lambda: person.label("line_last").text().endswith("284.05　↺ 已取消"))
    assert person.label("line_last").text().startswith("上一筆")


def _let(person: Counterpart, terminal: SlowTerminal, holds: Callable[[], bool]) -> None:
    terminal.answers.set()
    person.until(holds)
