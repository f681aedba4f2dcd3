"""Cameras that OpenCV opens: the machine's own, network streams, and video files."""

import os
import time
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from pos_app.devices.camera.pacing import Monotonic, Pace
from pos_app.devices.camera.port import CameraFault, CameraUnavailable, Frame, Picture

# OpenCV and the FFmpeg inside it write to standard error at every attempt to open, addresses with passwords included.
# FFmpeg's part reads this when it is first used. What went wrong is told by `CameraUnavailable` instead.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

WIDTH: Final = 1280
HEIGHT: Final = 720
_OPEN_TIMEOUT_MS: Final = 4_000
_READ_TIMEOUT_MS: Final = 3_000
_FROZEN_AFTER_S: Final = 5.0
"""A sensor has noise: the same picture to the last bit for this long means that it hangs."""
_FALLBACK_FRAMES_PER_SECOND: Final = 25.0
_MAX_FRAMES_PER_SECOND: Final = 240.0
_LONGEST_SKIP_S: Final = 2.0
_MAX_SIDE: Final = 8_192


class LiveCamera:
    """A camera by its number, or a network stream by its address: always the newest frame.

    Raises `CameraUnavailable`: `no_answer` when it cannot be opened (absent, busy, unreachable), `unplugged` when frames
    stop coming, `frozen` when a numbered camera repeats one picture.
    """

    def __init__(self, source: int | str, *, monotonic: Monotonic = time.monotonic) -> None:
        self._source = source
        self._monotonic = monotonic
        self._capture: cv2.VideoCapture | None = None
        self._number = 0
        self._last_sum = -1
        self._changed_at = 0.0

    def open(self) -> None:
        """Open the device; a stream that does not answer is given up after four seconds."""
        self.close()
        capture = _opened(self._source)
        if isinstance(self._source, int):
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture
        self._number = 0
        self._last_sum = -1
        self._changed_at = self._monotonic()

    def read(self) -> Frame:
        """The next frame the device gives."""
        picture = _picture_from(self._capture)
        if picture is None:
            raise CameraUnavailable(CameraFault.UNPLUGGED)
        now = self._monotonic()
        self._look_for_a_freeze(picture, now)
        self._number += 1
        return Frame(picture, self._number, now)

    def close(self) -> None:
        """Give the device back, so that another program may use it."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _look_for_a_freeze(self, picture: Picture, now: float) -> None:
        # A network stream may show a still drawing on purpose; there, only silence counts.
        if not isinstance(self._source, int):
            return
        sum_of_all = hash(picture[::4, ::4].tobytes())
        if sum_of_all != self._last_sum:
            self._last_sum = sum_of_all
            self._changed_at = now
        elif now - self._changed_at > _FROZEN_AFTER_S:
            raise CameraUnavailable(CameraFault.FROZEN)


class VideoCamera:
    """A video file played at its own pace; frames that come due while nobody reads are skipped, as a camera's are.

    Raises `CameraUnavailable`: `not_found` with no such file, `unreadable` when it is not a video,
    `ended` after the last frame without `loop`.
    """

    def __init__(self, path: Path, *, loop: bool = True, monotonic: Monotonic = time.monotonic) -> None:
        self._path = path
        self._loop = loop
        self._monotonic = monotonic
        self._pace = Pace(monotonic)
        self._capture: cv2.VideoCapture | None = None
        self._interval_s = 1 / _FALLBACK_FRAMES_PER_SECOND
        self._number = 0

    def open(self) -> None:
        """Open the file at its beginning."""
        self.close()
        if not self._path.is_file():
            raise CameraUnavailable(CameraFault.NOT_FOUND)
        self._capture = open_video(self._path)
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        usable = 0 < rate <= _MAX_FRAMES_PER_SECOND  # a damaged header may say 0, NaN or millions
        self._interval_s = 1 / (rate if usable else _FALLBACK_FRAMES_PER_SECOND)
        self._number = 0
        self._pace.start()

    def read(self) -> Frame:
        """The frame that is due now."""
        due = self._pace.wait(self._interval_s)
        # After a long pause it goes on where it was, give or take, rather than work through all that was missed.
        for _ in range(min(due - 1, int(_LONGEST_SKIP_S / self._interval_s))):
            if self._capture is None or not self._capture.grab():
                break
        picture = _picture_from(self._capture)
        if picture is None and self._loop and self._number > 0 and self._capture is not None:
            self._capture.release()
            self._capture = open_video(self._path)
            picture = _picture_from(self._capture)
        if picture is None:
            raise CameraUnavailable(CameraFault.ENDED if self._number else CameraFault.UNREADABLE)
        self._number += 1
        return Frame(picture, self._number, self._monotonic())

    def close(self) -> None:
        """Close the file and wake a waiting `read`."""
        self._pace.stop()
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def open_video(path: Path) -> cv2.VideoCapture:
    """The video in a file, at its first frame.

    Raises:
        CameraUnavailable: `unreadable` when it is not a video, or one with pictures too large to be one of ours.
    """
    try:
        capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    except cv2.error as wrong:
        raise CameraUnavailable(CameraFault.UNREADABLE) from wrong
    sides = (capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    if not capture.isOpened() or max(sides) > _MAX_SIDE:
        capture.release()
        raise CameraUnavailable(CameraFault.UNREADABLE)
    return capture


def _opened(source: int | str) -> cv2.VideoCapture:
    try:
        if isinstance(source, int):
            capture = cv2.VideoCapture(source)
        else:
            limits = [
                cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
                _OPEN_TIMEOUT_MS,
                cv2.CAP_PROP_READ_TIMEOUT_MSEC,
                _READ_TIMEOUT_MS,
            ]
            capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)
    except cv2.error as wrong:
        raise CameraUnavailable(CameraFault.NO_ANSWER) from wrong
    if not capture.isOpened():
        capture.release()
        raise CameraUnavailable(CameraFault.NO_ANSWER)
    return capture


def _picture_from(capture: cv2.VideoCapture | None) -> Picture | None:
    if capture is None:
        return None
    try:
        got, picture = capture.read()
    except cv2.error:
        return None  # the caller says which fault this is for its kind of source
    return np.asarray(picture, dtype=np.uint8) if got and picture is not None else None
