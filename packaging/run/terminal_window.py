"""The terminal's window as `mps-pos` puts it together, in this process, so that hands and eyes can reach it."""

from collections.abc import Iterator
from contextlib import contextmanager

from ground import TERMINAL
from PySide6.QtWidgets import QApplication
from stage import Stage

from pos_app.bootstrap.devices import camera_of, printer_of
from pos_app.bootstrap.window import doors_of
from pos_app.desktop.main_window import MainWindow
from pos_app.desktop.run import Desktop, Equipment
from pos_app.settings import KeyStoreKind, Settings
from shared.clock import SystemClock


@contextmanager
def open_terminal_window(stage: Stage) -> Iterator[MainWindow]:
    """Open it on an empty data directory, with the stage's camera and printer; it is closed with the block."""
    settings = Settings(
        data_dir=TERMINAL,
        language="zh_TW",
        camera=stage.camera.address,
        printer=stage.printer.address,
        key_store=KeyStoreKind.FILE,
    )
    application = QApplication(["mps-pos"])
    equipment = Equipment(
        camera=camera_of(settings),
        printer=printer_of(settings),
        clock=SystemClock(),
        language=settings.language,
    )
    desktop = Desktop(application, equipment)
    desktop.window.show()
    desktop.open_doors(doors_of(settings))
    try:
        yield desktop.window
    finally:
        desktop.window.close()
        desktop.close()
        application.processEvents()
