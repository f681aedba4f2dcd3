"""Words fit their boxes on the screens beside the charge screen too."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QTableView

from pos_app.appearance.sizes import LARGE, SMALL
from pos_app.appearance.translations import window as window_words
from pos_app.appearance.translations.rooms import HISTORY_STATES
from pos_app.desktop.main_window import MainWindow
from pos_app.desktop.printing import said_of_closing
from pos_app.desktop.terminal import Doors, Terminal
from pos_app.devices.printer.port import PrintProblem
from pos_app.devices.printer.spooler import JobState, JobStatus
from pos_app.features.enrolment.flow import EnrolCommand
from pos_app.features.history.flow import HistoryRow
from pos_app.features.start_up.flow import CannotOpen, StartUpFault
from shared.problems import Code, Language, Refusal
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.fakes.desk import AT, FakeTerminal, entry_ref, no_rescue
from tests.log_rules import ExpectedLogs


def assert_sentences_fit(person: Counterpart) -> None:
    assert_window_fits(person.window)


def assert_window_fits(window: MainWindow) -> None:
    window.grab()  # lays out what is waiting to be
    for shown in window.findChildren(QLabel):
        if not (shown.isVisible() and shown.text()):
            continue
        room = shown.contentsRect().adjusted(shown.margin(), 0, -shown.margin(), 0)
        flags = int(Qt.TextFlag.TextWordWrap) if shown.wordWrap() else 0
        needs = QFontMetrics(shown.font()).boundingRect(QRect(0, 0, room.width(), 4000), flags, shown.text())
        assert needs.width() <= room.width() + 1, (shown.objectName(), shown.text())
        assert needs.height() <= shown.height() + 2, (shown.objectName(), shown.text())


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_the_rooms_words_fit(open_window: OpenWindow, language: Language, size: tuple[int, int]) -> None:
    person = open_window(language=language, size=size)
    assert_sentences_fit(person)
    person.sign_in()
    person.key(Qt.Key.Key_F7)
    person.until(lambda: person.label("shift_1_2").text() != "")
    assert_sentences_fit(person)
    person.keys("2")
    assert_sentences_fit(person)
    for key in (Qt.Key.Key_F3, Qt.Key.Key_F8, Qt.Key.Key_F12):
        person.key(key)
        assert_sentences_fit(person)


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_whatever_became_of_the_z_is_said_in_one_line_of_the_sign_in(
    open_window: OpenWindow, language: Language, size: tuple[int, int]
) -> None:
    person = open_window(language=language, size=size)
    ends = [JobStatus(job_id="z", state=state) for state in JobState if state is not JobState.FAILED]
    ends += [JobStatus(job_id="z", state=JobState.FAILED, problem=problem) for problem in PrintProblem]
    for status in ends:
        phrase = said_of_closing("0231", status)
        person.counter.sign_in.notify(phrase)
        assert person.label("sign_in_notice").text() == phrase.said_in(language)
        assert_sentences_fit(person)


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_the_doors_words_fit(
    open_window: OpenWindow, language: Language, size: tuple[int, int], expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.background", "open the terminal")
    person = open_window(language=language, size=size)
    faults = list(StartUpFault)

    def open_terminal() -> Terminal | None:
        if faults:
            raise CannotOpen(faults.pop(), "entry 1207: prev does not match entry 1206")
        return None

    def enrol(command: EnrolCommand) -> Terminal | Refusal | None:
        return Refusal(Code.ENROLMENT_CODE_INVALID)

    person.desktop.open_doors(Doors(open_terminal=open_terminal, enrol=enrol, rescue=no_rescue()))
    for _ in StartUpFault:
        person.until(lambda: person.label("start_up_detail").text() != "")
        assert_sentences_fit(person)
        person.enter()
    person.until(lambda: person.window.current == "enrolment")
    person.scan("MPS-ENROL:https://hub.example.com#ABCDE12345")
    person.enter()
    person.until(lambda: person.label("enrolment_remark").property("tone") == "bad")
    person.window.grab()
    assert_sentences_fit(person)


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_the_identity_row_keeps_the_shift_whole_beside_the_longest_troubles_of_the_devices(
    open_window: OpenWindow, language: Language, size: tuple[int, int]
) -> None:
    terminal = FakeTerminal()
    terminal.store_name = "Bright Harbour Supermarket 明港生鮮超市 Xinyi Road Branch"
    person = open_window(terminal, language=language, size=size)
    person.sign_in()
    said = person.window.words
    said.camera = window_words.CAMERA_STARTING()
    texts = [window_words.PRINT_PROBLEMS[one.value]() for one in PrintProblem]
    said.printer = window_words.PRINTER_FAILED(reason=max(texts, key=lambda one: len(one.said_in(language))))
    person.window.draw_frame()
    assert_sentences_fit(person)
    shown = person.label("identity").text()
    assert shown.endswith("0231")
    assert shown.startswith("Bright")


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_every_cell_of_the_history_is_whole(
    open_window: OpenWindow, language: Language, size: tuple[int, int]
) -> None:
    terminal = FakeTerminal()
    terminal.rows = tuple(
        HistoryRow(
            entry_id=entry_ref(n).entry_id,
            at=AT,
            number="PAY0000012345",
            last4="0000",
            payable=99_999_999,
            state=state,
            can_reprint=True,
        )
        for n, state in enumerate(HISTORY_STATES)
    )
    person = open_window(terminal, language=language, size=size)
    person.sign_in()
    person.key(Qt.Key.Key_F3)
    model = person.counter.history.model
    person.until(lambda: model.rowCount() == len(HISTORY_STATES))
    person.window.grab()
    table = person.window.findChild(QTableView, "history_table")
    assert isinstance(table, QTableView)
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            text = str(model.data(model.index(row, column)))
            needs = QFontMetrics(table.font()).horizontalAdvance(text) + 6
            assert needs <= table.columnWidth(column), text
