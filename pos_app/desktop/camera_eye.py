"""The camera for the window: frames scaled on the camera's thread, codes told once, all of it handed to the window's thread."""

import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from pos_app.appearance.camera_preview import Outline
from pos_app.devices.camera import Camera, CameraCondition, CameraState, CodeWatch, Decoded, Frame, Watchers

_PREVIEW_WIDTH: Final = 480
_SAME_VIEW_MS: Final = 2_000
_OUTLINE_MS: Final = 400
"""Decoding misses a frame now and then: an outline that went at once would flicker."""


class CameraEye(QObject):
    """Looks through one camera. A code that stays in view is told once; it is told again after two seconds out of view."""

    frame_ready = Signal(QImage)
    code_seen = Signal(str)
    outline_seen = Signal(object)
    condition_changed = Signal(object)

    def __init__(
        self, camera: Camera | None, monotonic_ms: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._monotonic_ms = monotonic_ms
        self._lock = threading.Lock()
        self._frame_size = (1, 1)
        self._frame_pending = False
        self._seen_text = ""
        self._seen_at_ms = 0
        self._is_outlined = False
        self.condition = CameraCondition(CameraState.NONE)
        self._watch = CodeWatch(camera, Watchers(self._on_frame, self._on_code, self._on_condition))

    def start(self) -> None:
        """Begin to look."""
        self._watch.start()

    def set_looking(self, looking: bool) -> None:
        """Look, or rest with the camera left open."""
        if looking:
            self._watch.resume()
        else:
            self._watch.pause()

    def stop(self) -> bool:
        """End; False if the camera's driver hangs."""
        return self._watch.stop()

    def frame_shown(self) -> None:
        """The last frame was drawn: the next may come. So a slow window never queues frames."""
        with self._lock:
            self._frame_pending = False

    def _on_frame(self, frame: Frame) -> None:
        now = self._monotonic_ms()
        with self._lock:
            self._frame_size = (frame.picture.shape[1], frame.picture.shape[0])
            left_view = self._is_outlined and now - self._seen_at_ms > _OUTLINE_MS
            self._is_outlined = self._is_outlined and not left_view
            is_wanted = not self._frame_pending
            self._frame_pending = True
        if left_view:
            self.outline_seen.emit(None)
        if is_wanted:
            self.frame_ready.emit(_preview(frame))

    def _on_code(self, code: Decoded) -> None:
        now = self._monotonic_ms()
        with self._lock:
            width, height = self._frame_size
            is_known = code.text == self._seen_text and now - self._seen_at_ms < _SAME_VIEW_MS
            self._seen_text, self._seen_at_ms, self._is_outlined = code.text, now, True
        corners = tuple((int(x * 1000 / width), int(y * 1000 / height)) for x, y in code.corners)
        self.outline_seen.emit(Outline(corners))
        if not is_known:
            self.code_seen.emit(code.text)

    def _on_condition(self, condition: CameraCondition) -> None:
        self.condition = condition
        self.condition_changed.emit(condition)


def _preview(frame: Frame) -> QImage:
    """A copy of the frame's picture at the preview's width."""
    picture = frame.picture
    height, width = picture.shape[:2]
    if picture.ndim == 2:
        image = QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_Grayscale8)
    else:
        image = QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_BGR888)
    return image.scaledToWidth(_PREVIEW_WIDTH, Qt.TransformationMode.FastTransformation)
