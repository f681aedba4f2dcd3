"""The shift screen between its flow and the journal in the background."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from pos_app.appearance.translations.window import WORK_FAILED
from pos_app.background.qt import QtBackground
from pos_app.features.shift.flow import OpenShift, ShiftCommand, ShiftFigures, ShiftFlow, ShiftScreen, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWork:
    """The use cases behind the screen; all block. `open_shift` and `close_shift` take the cashier's staff id;
    `print_x` and `close_shift` queue their papers themselves."""

    figures: Callable[[], ShiftFigures]
    open_shift: Callable[[str], OpenShift]
    print_x: Callable[[str], None]
    close_shift: Callable[[str], None]


class ShiftPresenter(QObject):
    """Owns the flow. `opened` (the shift) and `closed` (its number) tell what the rest of the window must know."""

    screen_changed = Signal(object)
    opened = Signal(object)
    closed = Signal(str)

    def __init__(self, work: ShiftWork, background: QtBackground, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._background = background
        self._flow = ShiftFlow()
        self._cashier = ""

    @property
    def screen(self) -> ShiftScreen:
        """What is shown now."""
        return self._flow.screen

    def begin(self, cashier: str, name: str) -> None:
        """Show the screen for whoever is signed in."""
        self._cashier = cashier
        self._flow.begin(name)
        self._show()
        self.refresh()

    def refresh(self) -> None:
        """Money moved: count again."""
        self._background.run("shift figures", self._work.figures, self._updated, self._failed)

    def _updated(self, figures: ShiftFigures) -> None:
        self._flow.update(figures)
        self._show()

    def confirm(self) -> None:
        """Enter."""
        match self._flow.confirm():
            case ShiftCommand.OPEN:
                self._background.run("open shift", self._open, self._was_opened, self._failed)
            case ShiftCommand.CLOSE:
                shift = self._flow.screen.figures.shift
                number = "" if shift is None else shift.number
                self._background.run(
                    "close shift",
                    self._close,
                    lambda figures: self._was_closed(number, figures),
                    self._failed,
                )
        self._show()

    def press(self, key: str) -> None:
        """1 or 2."""
        if key == "1" and self._flow.print_x() is not None:
            self._background.run(
                "print X", lambda: self._work.print_x(self._cashier), lambda _: None, self._failed
            )
        elif key == "2":
            self._flow.close()
        self._show()

    def back(self) -> bool:
        """Esc: whether it was used here."""
        used = self._flow.back()
        self._show()
        return used

    def _open(self) -> tuple[OpenShift, ShiftFigures]:
        return self._work.open_shift(self._cashier), self._work.figures()

    def _was_opened(self, result: tuple[OpenShift, ShiftFigures]) -> None:
        shift, figures = result
        self._flow.opened(figures)
        self._show()
        self.opened.emit(shift)

    def _close(self) -> ShiftFigures:
        self._work.close_shift(self._cashier)
        return self._work.figures()

    def _was_closed(self, number: str, figures: ShiftFigures) -> None:
        self._flow.closed(figures)
        self._show()
        self.closed.emit(number)

    def _failed(self, error: Exception) -> None:
        if self._flow.screen.stage in {Stage.LOADING, Stage.OPENING, Stage.CLOSING, Stage.LOOKING}:
            self._flow.failed(WORK_FAILED())
        self._show()

    def _show(self) -> None:
        self.screen_changed.emit(self._flow.screen)
