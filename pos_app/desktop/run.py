"""The window from the program's start to its end: opening the terminal, enrolling it, standing at the counter."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from pos_app.appearance.camera_preview import Outline
from pos_app.appearance.theme import Scheme
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.translations import rooms as room_words
from pos_app.appearance.translations import window as words
from pos_app.appearance.type import body_font, load_fonts
from pos_app.background import BackgroundPool
from pos_app.background.qt import QtBackground
from pos_app.desktop.camera_eye import CameraEye
from pos_app.desktop.counter import Counter
from pos_app.desktop.main_window import MainWindow, Page
from pos_app.desktop.printing import said_of_status
from pos_app.desktop.scan_filter import ScanFilter
from pos_app.desktop.terminal import Doors, Terminal
from pos_app.devices.camera import Camera, CameraCondition, CameraState
from pos_app.devices.printer.port import Printer
from pos_app.devices.scanner import Damage
from pos_app.features.charging.screen import Screen
from pos_app.features.enrolment.presenter import EnrolmentPresenter
from pos_app.features.enrolment.view import EnrolmentView
from pos_app.features.start_up.presenter import StartUpPresenter
from pos_app.features.start_up.view import StartUpView
from shared.clock import Clock
from shared.problems import Language

_CAMERA_ROW = {
    CameraState.NONE: words.CAMERA_NONE,
    CameraState.STARTING: words.CAMERA_STARTING,
    CameraState.LIVE: words.CAMERA_LIVE,
    CameraState.LOST: words.CAMERA_LOST,
}
_CAMERA_WORDS = {
    CameraState.NONE: charge_words.CAMERA_NONE,
    CameraState.STARTING: charge_words.CAMERA_STARTING,
    CameraState.LOST: charge_words.CAMERA_LOST,
}
_SPOILT = {
    Damage.INPUT_METHOD: charge_words.SCAN_MANGLED,
    Damage.TOO_LONG: charge_words.SCAN_TOO_LONG,
}


def said_of_damage(damage: Damage) -> Phrase:
    """What is said of a scan that nobody can read."""
    return _SPOILT[damage]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What bootstrap hands the window; `camera` None for `--camera none`."""

    camera: Camera | None
    printer: Printer
    clock: Clock
    language: Language
    scheme: Scheme = Scheme.LIGHT


class Desktop(QObject):
    """The window with its devices. `open_doors` starts from the beginning; `stand_at` with a terminal already open."""

    def __init__(self, application: QApplication, equipment: Equipment) -> None:
        load_fonts()
        application.setFont(body_font())
        window = MainWindow(equipment.language, equipment.scheme)
        # All belongs to the window, so that Qt and not Python's collector, which may run on any thread, deletes it.
        super().__init__(window)
        self.window = window
        self._equipment = equipment
        self._application = application
        self.background = QtBackground(BackgroundPool(), self.window)
        self.counter: Counter | None = None
        self._enrolment_view: EnrolmentView | None = None
        self._is_closed = False
        self._is_looking = False
        self.filter = ScanFilter(equipment.clock.monotonic_ms, self)
        application.installEventFilter(self.filter)
        self.filter.scanned.connect(self.window.scanned)
        self.filter.spoilt.connect(lambda damage: self.window.spoilt(said_of_damage(damage)))
        self.filter.digits_scanned.connect(self.window.digits_scanned)
        self.eye = CameraEye(equipment.camera, equipment.clock.monotonic_ms, self)
        self.eye.code_seen.connect(self.window.scanned)
        self.eye.frame_ready.connect(self._frame_came)
        self.eye.condition_changed.connect(self._camera_changed)
        self.eye.outline_seen.connect(self._outline_came)
        self.window.page_changed.connect(lambda _name: self._aim_camera())
        self.window.closing.connect(self.close)
        if equipment.camera is not None:
            self.window.words.camera = words.CAMERA_STARTING()
            self.window.draw_frame()
        self.eye.start()

    def open_doors(self, doors: Doors) -> None:
        """Open the terminal; enrol it first where it is new."""
        self._ask_printer()
        presenter = StartUpPresenter(doors.open_terminal, doors.rescue, self.background, self)
        view = StartUpView()
        presenter.screen_changed.connect(view.show_screen)
        presenter.opened.connect(lambda terminal: self._opened(terminal, doors))
        presenter.quit_asked.connect(self.window.close)
        view.way_taken.connect(presenter.take)
        view.place_chosen.connect(presenter.place_chosen)
        view.path_typed.connect(presenter.typed)

        def key(name: str) -> bool:
            presenter.key(name)
            return True

        self.window.add_page("start_up", Page(view=view, set_language=view.set_language, key=key))
        self.window.show_page("start_up")
        presenter.begin()

    def stand_at(self, terminal: Terminal) -> Counter:
        """Put an opened terminal into the window."""
        self._enrolment_view = None
        equipment = self._equipment
        self.counter = Counter(self.window, terminal, equipment.printer, equipment.clock, self.background)
        self.counter.charge.screen_changed.connect(self._aim_for)
        self._camera_changed(self.eye.condition)
        return self.counter

    def close(self) -> None:
        """End everything that the window began; once."""
        if self._is_closed:
            return
        self._is_closed = True
        self._application.removeEventFilter(self.filter)
        self.eye.stop()
        if self.counter is not None:
            self.counter.close()
        else:
            self.background.close()

    def _opened(self, terminal: Terminal | None, doors: Doors) -> None:
        if terminal is None:
            self._show_enrolment(doors)
        else:
            self.stand_at(terminal)

    def _show_enrolment(self, doors: Doors) -> None:
        name = room_words.ENROL_NAME_DEFAULT().said_in(self.window.language)
        presenter = EnrolmentPresenter(doors.enrol, self.background, name, self)
        self._enrolment_view = view = EnrolmentView()
        presenter.screen_changed.connect(view.show_screen)
        presenter.enrolled.connect(self.stand_at)
        view.fields_changed.connect(presenter.fields_changed)
        view.action_pressed.connect(presenter.confirm)
        view.show_screen(presenter.screen)

        def key(name: str) -> bool:
            if name == "enter":
                presenter.confirm()
            return name == "enter"

        page = Page(
            view=view,
            set_language=view.set_language,
            key=key,
            scanned=presenter.scanned,
            shown=view.focus_first,
        )
        self.window.add_page("enrolment", page)
        self.window.show_page("enrolment")
        self._camera_changed(self.eye.condition)

    def _ask_printer(self) -> None:
        """The devices row tells of the printer before there is a terminal."""

        def show(phrase: Phrase) -> None:
            if self.counter is None:
                self.window.words.printer = phrase
                self.window.draw_frame()

        self.background.run(
            "ask the printer",
            self._equipment.printer.status,
            lambda status: show(said_of_status(status)),
            lambda _error: show(words.PRINTER_UNKNOWN()),
        )

    def _aim_for(self, screen: Screen) -> None:
        self._aim_camera()

    def _aim_camera(self) -> None:
        """The camera looks only where a code is wanted."""
        at_charge = self.window.current == "charge" and self.counter is not None
        wanted = self.counter is not None and at_charge and self.counter.charge.screen.camera_on
        self._is_looking = wanted or self.window.current == "enrolment"
        self.eye.set_looking(self._is_looking)
        if not self._is_looking and self.counter is not None:
            # The last customer's phone must not be what the next one sees first.
            self.counter.charge_view.show_frame(None)
            self.counter.charge_view.show_outline(None)

    def _frame_came(self, image: QImage) -> None:
        if not self._is_looking:
            self.eye.frame_shown()
            return
        if self.window.current == "enrolment" and self._enrolment_view is not None:
            self._enrolment_view.show_frame(image)
        elif self.counter is not None:
            self.counter.charge_view.show_frame(image)
        self.eye.frame_shown()

    def _outline_came(self, outline: Outline | None) -> None:
        if self.counter is not None and self._is_looking:
            self.counter.charge_view.show_outline(outline)

    def _camera_changed(self, condition: CameraCondition) -> None:
        self.window.words.camera = _CAMERA_ROW[condition.state]()
        said = _CAMERA_WORDS.get(condition.state)
        phrase = None if said is None else said()
        if self.counter is not None:
            self.counter.charge_view.set_camera_words(phrase)
        if self._enrolment_view is not None:
            self._enrolment_view.set_camera_words(phrase)
        self.window.draw_frame()


def build_window(application: QApplication, terminal: Terminal, equipment: Equipment) -> Desktop:
    """The real window over an opened terminal, for whoever drives it: system tests, `make run`, screenshots."""
    desktop = Desktop(application, equipment)
    desktop.stand_at(terminal)
    return desktop


def run(make_doors: Callable[[], Doors], make_equipment: Callable[[], Equipment]) -> int:
    """Show the window until it is closed; the program's exit code."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    desktop = Desktop(application, make_equipment())
    desktop.window.show()
    desktop.open_doors(make_doors())
    code = application.exec()
    desktop.close()
    return code
