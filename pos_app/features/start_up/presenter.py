"""The start between its flow and the opening of the terminal in the background."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from pos_app.appearance.translations.window import WORK_FAILED
from pos_app.background.qt import QtBackground
from pos_app.features.start_up.flow import Carried, CarryFault, StartUpFlow, StartUpScreen, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueWork:
    """The ways out of a journal that does not open; all block.

    Attributes:
        places: paths of files that an export could be written to, the best first.
        carry: write the export into such a file.
        set_apart: keep the journal aside and free the place for a new terminal; False where the disk takes no copy.
    """

    places: Callable[[], tuple[str, ...]]
    carry: Callable[[str], Carried | CarryFault]
    set_apart: Callable[[], bool]


class StartUpPresenter(QObject):
    """Opens the terminal; `opened` tells what `open_terminal` returned."""

    screen_changed = Signal(object)
    opened = Signal(object)
    quit_asked = Signal()

    def __init__(
        self,
        open_terminal: Callable[[], object],
        rescue: RescueWork,
        background: QtBackground,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._open_terminal = open_terminal
        self._rescue = rescue
        self._background = background
        self._flow = StartUpFlow()
        self._is_opening = False

    @property
    def screen(self) -> StartUpScreen:
        """What is shown now."""
        return self._flow.screen

    def begin(self) -> None:
        """Try, or try again."""
        if self._is_opening:
            return
        self._is_opening = True
        self._flow.begin()
        self._show()
        self._background.run("open the terminal", self._open_terminal, self._opened, self._failed)

    def key(self, name: str) -> None:
        """A key of the keyboard."""
        if name in ("up", "down"):
            self._flow.move(1 if name == "down" else -1)
            self._show()
            return
        way = self._flow.way_of(name)
        if way is not None:
            self.take(way)

    def take(self, way: Way) -> None:
        """A button."""
        match way:
            case Way.RETRY:
                self.begin()
            case Way.QUIT:
                self.quit_asked.emit()
            case Way.CARRY:
                self._background.run("find places", self._rescue.places, self._choose, self._broke)
            case Way.ENROL:
                self._flow.ask_again()
            case Way.BACK:
                self._flow.back()
            case Way.GO:
                self._go()
        self._show()

    def place_chosen(self, number: int) -> None:
        """One of the places that are offered."""
        if number < len(self._flow.places):
            self._flow.typed(self._flow.places[number])
            self._show()

    def typed(self, path: str) -> None:
        """The person typed a path."""
        self._flow.typed(path)

    def _go(self) -> None:
        path = self._flow.carry()
        if path is not None:
            self._background.run("carry out", lambda: self._rescue.carry(path), self._carried, self._broke)
        elif self._flow.set_apart():
            self._background.run("set apart", self._rescue.set_apart, self._apart, self._broke)

    def _choose(self, places: tuple[str, ...]) -> None:
        self._flow.choose_place(places)
        self._show()

    def _carried(self, answer: Carried | CarryFault) -> None:
        self._flow.carried(answer)
        self._show()

    def _apart(self, is_apart: bool) -> None:
        """The place is free: opening it now finds no terminal, which is where enrolment begins."""
        if is_apart:
            self.begin()
        else:
            self._flow.not_apart()
            self._show()

    def _opened(self, terminal: object) -> None:
        self._is_opening = False
        self.opened.emit(terminal)

    def _failed(self, error: Exception) -> None:
        self._is_opening = False
        self._flow.failed(error)
        self._show()

    def _broke(self, error: Exception) -> None:
        self._flow.broke(WORK_FAILED())
        self._show()

    def _show(self) -> None:
        self.screen_changed.emit(self._flow.screen)
