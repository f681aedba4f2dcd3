"""A folder of pictures as a camera: in the order of their names, one every so often."""

import time
from pathlib import Path
from typing import Final

from pos_app.devices.camera.address import pictures_in
from pos_app.devices.camera.pacing import Monotonic, Pace
from pos_app.devices.camera.port import CameraFault, CameraUnavailable, Frame
from pos_app.devices.camera.stills import PictureRefused, grey_picture_from

PICTURES_PER_SECOND: Final = 2.0


class FolderCamera:
    """Shows a folder's pictures (or one picture file), over and over unless `loop` is False.

    Torn pictures are passed over. Raises `CameraUnavailable`: `not_found` with no folder or an empty one,
    `unreadable` when no picture in it can be decoded, `ended` after the last one without `loop`.
    """

    def __init__(
        self,
        path: Path,
        *,
        loop: bool = True,
        per_second: float = PICTURES_PER_SECOND,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._path = path
        self._loop = loop
        self._interval_s = 1 / per_second
        self._monotonic = monotonic
        self._pace = Pace(monotonic)
        self._pictures: list[Path] = []
        self._next = 0
        self._number = 0

    def open(self) -> None:
        """Look which pictures are there now."""
        try:
            self._pictures = pictures_in(self._path) if self._path.is_dir() else [self._path]
        except OSError as wrong:
            raise CameraUnavailable(CameraFault.NOT_FOUND) from wrong
        if not self._pictures or not self._pictures[0].is_file():
            raise CameraUnavailable(CameraFault.NOT_FOUND)
        self._next = 0
        self._number = 0
        self._pace.start()

    def read(self) -> Frame:
        """The next picture, when it is due."""
        self._pace.wait(self._interval_s)
        for _ in self._pictures:
            if self._next >= len(self._pictures):
                if not self._loop:
                    raise CameraUnavailable(CameraFault.ENDED)
                self._next = 0
            path = self._pictures[self._next]
            self._next += 1
            try:
                picture = grey_picture_from(path)
            except PictureRefused:
                continue  # the next one may be whole; if none is, the loop ends and says so
            self._number += 1
            return Frame(picture, self._number, self._monotonic())
        raise CameraUnavailable(CameraFault.UNREADABLE)

    def close(self) -> None:
        """Wake a waiting `read`."""
        self._pace.stop()
