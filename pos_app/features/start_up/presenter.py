"""The start between its flow and the opening of the terminal in the background."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pos_app.background.qt import QtBackground
from pos_app.features.start_up.flow import StartUpFlow, StartUpScreen


class StartUpPresenter(QObject):
    """Opens the terminal; `opened` tells what `open_terminal` returned."""

    screen_changed = Signal(object)
    opened = Signal(object)

    def __init__(
        self, open_terminal: Callable[[], object], background: QtBackground, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._open_terminal = open_terminal
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
        self.screen_changed.emit(self._flow.screen)
        self._background.run("open the terminal", self._open_terminal, self._opened, self._failed)

    def _opened(self, terminal: object) -> None:
        self._is_opening = False
        self.opened.emit(terminal)

    def _failed(self, error: Exception) -> None:
        self._is_opening = False
        self._flow.failed(error)
        self.screen_changed.emit(self._flow.screen)
