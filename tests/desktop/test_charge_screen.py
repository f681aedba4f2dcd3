"""The charge screen's sizes and places, and words that fit their boxes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QPushButton

from pos_app.appearance.sizes import LARGE, SMALL, Sizes
from pos_app.appearance.widgets import MoneyLabel
from pos_app.features.charging.outcomes import OfflineOption
from pos_app.features.charging.screen import State
from shared.problems import Code, Language, Refusal
from tests.desktop.conftest import Counterpart, OpenWindow
from tests.desktop.scenes import SCENES
from tests.fakes.desk import (
    METER,
    OFFLINE,
    ONLINE,
    FakeDesk,
    FakeTerminal,
)

# design.md 2's table: the widget whose words are the largest, and its size at both windows.
LARGEST = {
    State.IDLE: ("amount", 128, 112),
    State.AMOUNT_ENTERED: ("amount", 128, 112),
    State.CODE_SEEN: ("headline_0", 56, 56),
    State.CONFIRMING: ("amount", 144, 120),
    State.WAITING: ("amount", 144, 120),
    State.APPROVED: ("amount", 144, 120),
    State.APPROVED_OFFLINE: ("amount", 144, 120),
    State.DECLINED: ("header_label", 72, 72),
    State.IN_DOUBT: ("headline_0", 88, 88),
}
HEADLINES = {State.WAITING: 56, State.APPROVED: 88, State.APPROVED_OFFLINE: 72, State.IN_DOUBT: 88}


def _panel_labels(person: Counterpart) -> list[QLabel]:
    panel = person.counter.charge_view.panel
    return [one for one in panel.findChildren(QLabel) if one.isVisible() and one.text()]


def _rectangles(person: Counterpart) -> dict[str, QRect]:
    view = person.counter.charge_view
    buttons = [*view.keypad.findChildren(QPushButton), view.action]
    places = {
        one.objectName(): QRect(one.mapTo(person.window, one.rect().topLeft()), one.size()) for one in buttons
    }
    return places | {
        "panel": QRect(view.panel.mapTo(person.window, view.panel.rect().topLeft()), view.panel.size())
    }


@pytest.fixture(params=[LARGE, SMALL], ids=["1280", "1024"])
def sizes(request: pytest.FixtureRequest) -> Sizes:
    value = request.param
    assert isinstance(value, Sizes)
    return value


@pytest.mark.parametrize("state", list(LARGEST))
def test_the_largest_words_of_each_state_are_the_designs_at_their_size(
    open_window: OpenWindow, sizes: Sizes, state: State
) -> None:
    person = open_window(size=sizes.window)
    person.sign_in()
    SCENES[state](person)
    name, large, small = LARGEST[state]
    pixels = {one.objectName(): one.font().pixelSize() for one in _panel_labels(person)}
    assert pixels[name] == max(pixels.values()) == (large if sizes is LARGE else small)
    if state in HEADLINES:
        assert pixels["headline_0"] == HEADLINES[state]
    person.release()


def test_keys_and_action_stand_at_the_same_place_in_every_state_online_and_offline(
    open_window: OpenWindow, sizes: Sizes
) -> None:
    places = []
    for line in (ONLINE, OFFLINE):
        for scene in SCENES.values():
            person = open_window(FakeTerminal(line=line), size=sizes.window)
            person.sign_in()
            scene(person)
            places.append(_rectangles(person))
            person.release()
    assert all(one == places[0] for one in places)


def test_the_rectangles_are_the_designs(open_window: OpenWindow, sizes: Sizes) -> None:
    person = open_window(size=sizes.window)
    person.sign_in()
    places = _rectangles(person)
    assert (places["panel"].width(), places["panel"].height()) == sizes.panel
    assert (places["key_7"].width(), places["key_7"].height()) == sizes.key
    assert places["key_8"].x() - places["key_7"].right() - 1 == sizes.key_gap
    assert (places["action"].width(), places["action"].height()) == (sizes.right_width, sizes.action_height)
    assert places["action"].right() + 1 + sizes.margin == sizes.window[0]
    assert places["panel"].x() == sizes.margin
    camera = person.counter.charge_view.panel.camera
    assert (camera.width(), camera.height()) == sizes.camera


def _needs(shown: QLabel) -> tuple[int, int]:
    metrics = QFontMetrics(shown.font())
    if isinstance(shown, MoneyLabel):
        return int(shown.text_width()), metrics.height() * 3 // 4
    if shown.wordWrap():
        inner = shown.width() - 2 * shown.margin()
        flags = int(Qt.TextFlag.TextWordWrap)
        rect = metrics.boundingRect(QRect(0, 0, inner, 4000), flags, shown.text())
        return rect.width() + 2 * shown.margin(), rect.height()
    return metrics.horizontalAdvance(shown.text()), metrics.height() - 2


def _assert_everything_fits(person: Counterpart, case: object) -> None:
    for shown in person.window.findChildren(QLabel):
        if shown.isVisible() and shown.text():
            width, height = _needs(shown)
            holder = shown.parentWidget()
            assert holder is not None
            assert width <= shown.width(), (case, shown.objectName(), shown.text())
            assert height <= shown.height(), (case, shown.objectName(), shown.text())
            assert holder.rect().contains(shown.geometry()), (case, shown.objectName(), shown.geometry())
    for made in person.window.findChildren(QPushButton):
        if made.isVisible():
            width = QFontMetrics(made.font()).horizontalAdvance(made.text())
            assert width <= made.width() - 4, (case, made.objectName(), made.text())


@pytest.mark.parametrize("language", ["zh_TW", "en"])
@pytest.mark.parametrize("state", list(SCENES))
def test_everything_fits_its_box_with_the_longest_amount(
    open_window: OpenWindow, sizes: Sizes, language: Language, state: State
) -> None:
    soft = replace(OFFLINE, meter=replace(METER, needs_manager=True))
    for line in (ONLINE, soft):
        terminal = FakeTerminal(desk=FakeDesk(rate=10_000), line=line)
        person = open_window(terminal, language, sizes.window)
        person.sign_in()
        SCENES[state](person)
        _assert_everything_fits(person, (state, language, sizes.window))
        person.release()


@pytest.mark.parametrize("language", ["zh_TW", "en"])
def test_every_refusal_fits(open_window: OpenWindow, sizes: Sizes, language: Language) -> None:
    person = open_window(language=language, size=sizes.window)
    person.sign_in()
    person.desk.answer = "declined"
    for code in Code:
        person.desk.refusal = Refusal(code)
        person.charge("299", State.DECLINED)
        _assert_everything_fits(person, code)
        person.key(Qt.Key.Key_Escape)
        person.state(State.IDLE)


@pytest.mark.parametrize("language", ["zh_TW", "en"])
@pytest.mark.parametrize("keys", ["", "esc", "f5"])
def test_every_stage_of_doubt_fits(
    open_window: OpenWindow, sizes: Sizes, language: Language, keys: str
) -> None:
    for option in (
        OfflineOption(refusal=None, needs_manager=True),
        OfflineOption(refusal=Refusal(Code.OFFLINE_NOT_ALLOWED)),
    ):
        terminal = FakeTerminal(desk=FakeDesk(rate=10_000, option=option, answer="doubt"))
        person = open_window(terminal, language, sizes.window)
        person.sign_in()
        person.charge("999999.99", State.IN_DOUBT)
        if keys:
            person.key(Qt.Key.Key_Escape if keys == "esc" else Qt.Key.Key_F5)
        _assert_everything_fits(person, (language, keys))
