"""The start and the enrolment: faults have plain screens with a way on, and an enrolment works by scan and by keys."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from pos_app.desktop.run import Desktop, Equipment
from pos_app.desktop.terminal import Doors, Terminal
from pos_app.devices.printer.port import NoPrinter, Printer, PrinterStatus
from pos_app.features.enrolment.flow import EnrolCommand
from pos_app.features.start_up.flow import CannotOpen, StartUpFault
from shared.problems import Code, Refusal
from tests.fakes.clock import ManualClock
from tests.fakes.desk import FakeTerminal, no_rescue
from tests.log_rules import ExpectedLogs

WAIT_MS = 5_000


class EmptyPrinter(NoPrinter):
    """A printer that is there and out of paper."""

    def status(self) -> PrinterStatus:
        return PrinterStatus.PAPER_OUT


@contextmanager
def window_with(qapp: QApplication, printer: Printer) -> Iterator[Desktop]:
    equipment = Equipment(camera=None, printer=printer, clock=ManualClock(), language="zh_TW")
    made = Desktop(qapp, equipment)
    made.window.show()
    yield made
    made.window.close()
    made.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desktop(qtbot: QtBot, qapp: QApplication) -> Iterator[Desktop]:
    with window_with(qapp, NoPrinter()) as made:
        yield made


def label(desktop: Desktop, name: str) -> str:
    found = desktop.window.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text()


def field(desktop: Desktop, name: str) -> QLineEdit:
    found = desktop.window.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


@pytest.mark.parametrize("fault", list(StartUpFault))
def test_a_terminal_that_does_not_open_says_why_and_opens_on_enter_once_it_can(
    desktop: Desktop, qtbot: QtBot, fault: StartUpFault, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.background", "open the terminal")
    faults = [fault]

    def open_terminal() -> Terminal | None:
        if faults:
            raise CannotOpen(faults.pop())
        return FakeTerminal()

    desktop.open_doors(Doors(open_terminal=open_terminal, enrol=lambda _: None, rescue=no_rescue()))
    title = "日誌受損，已停止收款" if fault is StartUpFault.JOURNAL else "終端不能開啟"
    qtbot.waitUntil(lambda: label(desktop, "start_up_title") == title, timeout=WAIT_MS)
    body = label(desktop, "start_up_body")
    assert "Enter" in body or "店長" in body or "按 1" in body
    QTest.keyClick(desktop.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.window.current == "sign_in", timeout=WAIT_MS)


def test_a_new_machine_is_enrolled_by_scanning_and_one_enter(desktop: Desktop, qtbot: QtBot) -> None:
    asked: list[EnrolCommand] = []

    def enrol(command: EnrolCommand) -> Terminal | Refusal | None:
        asked.append(command)
        return FakeTerminal()

    desktop.open_doors(Doors(open_terminal=lambda: None, enrol=enrol, rescue=no_rescue()))
    qtbot.waitUntil(lambda: desktop.window.current == "enrolment", timeout=WAIT_MS)
    desktop.window.scanned("https://example.com/menu")
    assert "不是註冊 QR" in label(desktop, "enrolment_remark")
    desktop.window.scanned("MPS-ENROL:https://hub.example.com#abcde-12345")
    assert field(desktop, "hub_field").text() == "https://hub.example.com"
    QTest.keyClick(desktop.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desktop.window.current == "sign_in", timeout=WAIT_MS)
    assert [(one.hub, one.code) for one in asked] == [("https://hub.example.com", "ABCDE12345")]


def test_what_is_typed_is_checked_before_the_hub_is_asked(desktop: Desktop, qtbot: QtBot) -> None:
    asked: list[EnrolCommand] = []
    answers: list[Refusal | None] = [Refusal(Code.ENROLMENT_CODE_INVALID), None]

    def enrol(command: EnrolCommand) -> Terminal | Refusal | None:
        asked.append(command)
        return answers.pop(0)

    desktop.open_doors(Doors(open_terminal=lambda: None, enrol=enrol, rescue=no_rescue()))
    qtbot.waitUntil(lambda: desktop.window.current == "enrolment", timeout=WAIT_MS)
    QTest.keyClick(desktop.window, Qt.Key.Key_Return)
    assert "平台網址" in label(desktop, "enrolment_remark")
    # Set as an input method does it: the filter's part in typing is tried elsewhere.
    for name, text in (("hub_field", "https://hub.example.com"), ("code_field", "ABCDE1234")):
        field(desktop, name).setText(text)
        field(desktop, name).textEdited.emit(text)
    QTest.keyClick(field(desktop, "code_field"), Qt.Key.Key_Return)
    assert "10 個" in label(desktop, "enrolment_remark")
    assert asked == []
    field(desktop, "code_field").setText("ABCDE12345")
    field(desktop, "code_field").textEdited.emit("")
    QTest.keyClick(desktop.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "已使用" in label(desktop, "enrolment_remark"), timeout=WAIT_MS)
    QTest.keyClick(desktop.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "連不到平台" in label(desktop, "enrolment_remark"), timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("printer", "said"), [(EmptyPrinter(), "✕ 印表機：缺紙"), (NoPrinter(), "－ 無印表機")]
)
def test_the_devices_row_tells_of_the_printer_while_a_machine_is_enrolled(
    qapp: QApplication, qtbot: QtBot, printer: Printer, said: str
) -> None:
    with window_with(qapp, printer) as desktop:
        assert label(desktop, "printer_state") == "◌ 印表機檢查中"
        desktop.open_doors(Doors(open_terminal=lambda: None, enrol=lambda _: None, rescue=no_rescue()))
        qtbot.waitUntil(lambda: desktop.window.current == "enrolment", timeout=WAIT_MS)
        qtbot.waitUntil(lambda: label(desktop, "printer_state") == said, timeout=WAIT_MS)
