"""A camera that shows what a test puts before it, and fails when told to."""

import queue
import threading
import time
from collections.abc import Sequence

from pos_app.devices.camera import CameraFault, CameraUnavailable, Frame, Picture


class ScriptedCamera:
    """Implements `Camera`: `read` waits for the next picture or failure, as a device waits for light."""

    def __init__(self, refusals: Sequence[CameraUnavailable] = ()) -> None:
        self._refusals = list(refusals)
        self._coming: queue.Queue[Picture | CameraUnavailable] = queue.Queue()
        self._number = 0
        self.times_opened = 0
        self.drained = threading.Event()

    def show(self, picture: Picture) -> None:
        """Put a picture before the camera."""
        self.drained.clear()
        self._coming.put(picture)

    def fail(self, fault: CameraUnavailable) -> None:
        """Let the camera fail once it has shown what came before."""
        self._coming.put(fault)

    def release_readers(self) -> None:
        """Let a waiting `read` go, so that the watch can stop."""
        self._coming.put(CameraUnavailable(CameraFault.ENDED))

    def open(self) -> None:
        self.times_opened += 1
        if self._refusals:
            raise self._refusals.pop(0)

    def read(self) -> Frame:
        if self._coming.empty():
            self.drained.set()
        what = self._coming.get()
        if isinstance(what, CameraUnavailable):
            raise what
        self._number += 1
        return Frame(what, self._number, time.monotonic())

    def close(self) -> None:
        """Nothing is held."""
