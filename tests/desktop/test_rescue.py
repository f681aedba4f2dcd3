"""A journal that does not open: what verifies is carried out, the rest is kept, and the till is enrolled again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from pos_app.appearance.sizes import LARGE, SMALL
from pos_app.desktop.run import Desktop, Equipment
from pos_app.desktop.terminal import Doors, Terminal
from pos_app.devices.printer.port import NoPrinter
from pos_app.features.start_up.flow import CannotOpen, Carried, CarryFault, StartUpFault
from pos_app.features.start_up.presenter import RescueWork
from shared.problems import LANGUAGES
from tests.desktop.test_rooms_fit import assert_window_fits
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

WAIT_MS = 5_000
PLACES = ("/media/shop/KINGSTON/mps-journal-T07-20261122.jsonl", "/home/shop/mps-journal-T07-20261122.jsonl")
WHOLE = Carried(file=PLACES[0], entries=1_984, missing=3, first_missing=1_207)


@dataclass
class Broken:
    """A window before a journal that is damaged until it is set apart."""

    bot: QtBot
    desktop: Desktop
    fault: StartUpFault = StartUpFault.JOURNAL
    answers: list[Carried | CarryFault] = field(default_factory=lambda: [WHOLE])
    carried_to: list[str] = field(default_factory=list)
    apart: list[bool] = field(default_factory=lambda: [True])
    is_free: bool = False

    def open(self) -> None:
        self.desktop.open_doors(Doors(open_terminal=self._open, enrol=lambda _: None, rescue=self._rescue()))
        self.until(lambda: self.button("start_up_quit").isVisible())

    def _open(self) -> Terminal | None:
        if self.is_free:
            return None
        seq = 1_207 if self.fault is StartUpFault.JOURNAL else None
        raise CannotOpen(self.fault, "entry 1207: its signature is wrong", seq)

    def _rescue(self) -> RescueWork:
        return RescueWork(places=lambda: PLACES, carry=self._carry, set_apart=self._set_apart)

    def _carry(self, path: str) -> Carried | CarryFault:
        self.carried_to.append(path)
        return self.answers.pop(0)

    def _set_apart(self) -> bool:
        self.is_free = self.apart.pop(0)
        return self.is_free

    def until(self, holds: Callable[[], bool]) -> None:
        self.bot.waitUntil(holds, timeout=WAIT_MS)

    def said(self, name: str) -> str:
        found = self.desktop.window.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found.text()

    def button(self, name: str) -> QPushButton:
        found = self.desktop.window.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    def path(self) -> QLineEdit:
        found = self.desktop.window.findChild(QLineEdit, "path_field")
        assert isinstance(found, QLineEdit)
        return found

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.desktop.window.focusWidget() or self.desktop.window, key)

    def click(self, name: str) -> None:
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)


@pytest.fixture
def broken(qtbot: QtBot, qapp: QApplication, expected_logs: ExpectedLogs) -> Iterator[Broken]:
    expected_logs.allow("pos_app.background", "open the terminal")
    made = Desktop(qapp, Equipment(camera=None, printer=NoPrinter(), clock=ManualClock(), language="zh_TW"))
    made.window.show()
    yield Broken(qtbot, made)
    made.window.close()
    made.window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_with_keys_alone_the_journal_is_carried_to_a_chosen_place_and_the_till_enrolled_again(
    broken: Broken,
) -> None:
    broken.answers = [CarryFault.NOT_WRITTEN, CarryFault.FILE_IS_THERE, WHOLE]
    broken.open()
    assert "第 1207 筆" in broken.said("start_up_body")
    assert "不再寫入" in broken.said("start_up_body")
    broken.press(Qt.Key.Key_1)
    broken.until(lambda: broken.path().isVisible())
    broken.until(lambda: broken.path().text() == PLACES[0])
    broken.press(Qt.Key.Key_Down)
    assert broken.path().text() == PLACES[1]
    broken.press(Qt.Key.Key_Return)
    broken.until(lambda: "寫不進去" in broken.said("start_up_remark"))
    broken.path().setText("/tmp/mine.jsonl")
    broken.path().textEdited.emit("/tmp/mine.jsonl")
    broken.press(Qt.Key.Key_Return)
    broken.until(lambda: "同名" in broken.said("start_up_remark"))
    broken.press(Qt.Key.Key_Down)
    broken.press(Qt.Key.Key_Return)
    broken.until(lambda: "已匯出 1,984 筆" in broken.said("start_up_remark"))
    assert "3 筆讀不出來（從第 1207 筆起）" in broken.said("start_up_remark")
    assert broken.carried_to == [PLACES[1], "/tmp/mine.jsonl", PLACES[0]]
    broken.press(Qt.Key.Key_2)
    broken.until(lambda: "set-apart" in broken.said("start_up_body"))
    assert broken.said("start_up_remark") == ""
    broken.press(Qt.Key.Key_Return)
    broken.until(lambda: broken.desktop.window.current == "enrolment")


def test_the_same_by_touch_and_what_was_not_carried_is_said_before_enrolling_again(broken: Broken) -> None:
    broken.apart = [False, True]
    broken.open()
    broken.click("start_up_enrol")
    assert "還沒有匯出" in broken.said("start_up_remark")
    broken.click("start_up_back")
    assert not broken.is_free
    broken.click("start_up_carry")
    broken.until(lambda: broken.button("start_up_place_1").isVisible())
    broken.click("start_up_place_1")
    assert broken.path().text() == PLACES[1]
    broken.click("start_up_go")
    broken.until(lambda: "已匯出" in broken.said("start_up_remark"))
    broken.click("start_up_enrol")
    broken.click("start_up_go")
    broken.until(lambda: "沒有任何變動" in broken.said("start_up_remark"))
    assert broken.desktop.window.current == "start_up"
    broken.click("start_up_enrol")
    broken.click("start_up_go")
    broken.until(lambda: broken.desktop.window.current == "enrolment")


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (StartUpFault.LOCKED, "另一個終端程式"),
        (StartUpFault.NEWER, "請更新程式"),
        (StartUpFault.DISK, "清出空間"),
    ],
)
def test_a_sound_journal_offers_neither_way_out(broken: Broken, fault: StartUpFault, word: str) -> None:
    broken.fault = fault
    broken.open()
    assert word in broken.said("start_up_body")
    assert not broken.button("start_up_carry").isVisible()
    broken.press(Qt.Key.Key_1)
    broken.press(Qt.Key.Key_2)
    assert word in broken.said("start_up_body")
    broken.press(Qt.Key.Key_Escape)
    assert not broken.desktop.window.isVisible()


@pytest.mark.parametrize("size", [LARGE.window, SMALL.window], ids=["1280", "1024"])
def test_every_word_of_the_ways_out_fits(broken: Broken, size: tuple[int, int]) -> None:
    broken.answers = [CarryFault.NOT_WRITTEN, WHOLE]
    window = broken.desktop.window
    window.resize(*size)
    broken.open()

    def fits() -> None:
        for language in LANGUAGES:
            window.set_language(language)
            assert_window_fits(window)
        window.set_language("zh_TW")

    fits()
    broken.press(Qt.Key.Key_1)
    broken.until(lambda: broken.path().isVisible())
    fits()
    broken.press(Qt.Key.Key_Return)
    broken.until(lambda: "寫不進去" in broken.said("start_up_remark"))
    fits()
    broken.press(Qt.Key.Key_Return)
    broken.until(lambda: "已匯出" in broken.said("start_up_remark"))
    fits()
    broken.press(Qt.Key.Key_2)
    fits()
