"""The Qt face of the pool: what a job ends in is told on the window's thread."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from pos_app.background.pool import BackgroundPool, Task

T = TypeVar("T")
Call = Callable[[], None]


class UiThread(QObject):
    """Calls what it is handed on the thread that made it, in order, whatever thread hands it over."""

    _handed_over = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handed_over.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def post(self, call: Call) -> None:
        """Have `call` called by the event loop soon."""
        self._handed_over.emit(call)

    @Slot(object)
    def _call(self, call: Call) -> None:
        call()


class QtBackground(QObject):
    """Runs jobs in the pool; `done` and `failed` come on the window's thread, and never after `close`."""

    def __init__(self, pool: BackgroundPool, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = pool
        self._ui = UiThread(self)
        self._open = True

    def run(
        self,
        name: str,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Task[T]:
        """As `BackgroundPool.run`. A job without `failed` cannot be asked for: every failure is shown."""
        return self._pool.run(
            name,
            job,
            lambda result: self._tell(lambda: done(result)),
            lambda error: self._tell(lambda: failed(error)),
        )

    def post(self, call: Call) -> None:
        """Have `call` called on the window's thread; from any thread."""
        self._tell(call)

    def close(self) -> None:
        """Wait for what runs; tell nothing more."""
        self._open = False
        self._pool.close()

    def _tell(self, call: Call) -> None:
        self._ui.post(lambda: call() if self._open else None)
