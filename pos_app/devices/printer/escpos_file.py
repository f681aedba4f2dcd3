"""A file in a printer's place: each job's bytes are appended, ready to be sent to a real one or drawn."""

import os
import threading
from pathlib import Path

from PIL import Image

from pos_app.devices.printer.encoding import JobEncoder
from pos_app.devices.printer.port import (
    PRINTED,
    PrinterStatus,
    PrintOutcome,
    PrintProblem,
    not_printed,
    unknown,
)


class EscposFilePrinter:
    """Appends ESC/POS to ``path``; the folder must exist."""

    def __init__(self, path: Path, encoder: JobEncoder) -> None:
        self._path = path
        self._encoder = encoder
        self._busy = threading.Lock()

    def status(self) -> PrinterStatus:
        """READY where the file can be written or made."""
        target = self._path if self._path.exists() else self._path.parent
        usable = os.access(target, os.W_OK) and self._path.parent.is_dir() and not self._path.is_dir()
        return PrinterStatus.READY if usable else PrinterStatus.OFFLINE

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        """Append the job and flush it to the disk. See ``Printer.print_image``."""
        job = self._encoder.encode(image, cut=cut, drawer=drawer)
        with self._busy:
            try:
                target = self._path.open("ab")
            except OSError:
                return not_printed(PrintProblem.FILE)
            try:
                with target:
                    target.write(job)
                    target.flush()
                    os.fsync(target.fileno())
            except OSError:
                return unknown(PrintProblem.FILE)
        return PRINTED
