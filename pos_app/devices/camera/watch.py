"""The eyes at work: one thread takes frames, one decodes the newest; both end when told to.

Callbacks come on these two threads. Whoever shows something (a presenter) hands it to its own thread.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import cv2

from pos_app.devices.camera.decoders import Decoded, DecoderChain, Region, grey_of, region_around
from pos_app.devices.camera.mailbox import NewestOnly
from pos_app.devices.camera.pacing import Monotonic
from pos_app.devices.camera.port import (
    Camera,
    CameraFault,
    CameraState,
    CameraUnavailable,
    Frame,
    Picture,
)

log = logging.getLogger(__name__)

_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 5.0
_SILENT_AFTER_S: Final = 3.0
_LOOK_UP_S: Final = 0.25
_FORGET_REGION_AFTER: Final = 10
_JOIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class CameraCondition:
    """What the camera is doing, and while it is lost, why."""

    state: CameraState
    fault: CameraFault | None = None


class Chain(Protocol):
    """What decodes; `DecoderChain` in the terminal. Made and used on the decoding thread alone."""

    def decode_frame(self, grey: Picture, region: Region | None = None) -> Decoded | None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who is told: of each frame (to show it), of each decoded frame's code, of each change of the camera's condition.

    `on_code` comes once a frame for as long as a code is in view: a second reading is the listener's to ignore.
    """

    on_frame: Callable[[Frame], None]
    on_code: Callable[[Decoded], None]
    on_condition: Callable[[CameraCondition], None]


class CodeWatch:
    """Looks through one camera until stopped; opens it again by itself when it is unplugged, busy or frozen.

    `camera` None stands for `--camera none`: the condition is `none` and nothing else happens.
    """

    def __init__(
        self,
        camera: Camera | None,
        watchers: Watchers,
        *,
        make_chain: Callable[[], Chain] = DecoderChain,
        monotonic: Monotonic = time.monotonic,
        first_wait_s: float = _FIRST_WAIT_S,
        silent_after_s: float = _SILENT_AFTER_S,
    ) -> None:
        self._camera = camera
        self._tell = watchers
        self._make_chain = make_chain
        self._monotonic = monotonic
        self._first_wait_s = first_wait_s
        self._silent_after_s = silent_after_s
        self._newest: NewestOnly[Frame] = NewestOnly()
        self._stopping = threading.Event()
        self._looking = threading.Event()
        self._looking.set()
        self._condition_lock = threading.Lock()
        self._condition = CameraCondition(CameraState.NONE)
        self._last_frame_at = monotonic()
        self._threads: list[threading.Thread] = []

    @property
    def condition(self) -> CameraCondition:
        """What the camera is doing now."""
        return self._condition

    @property
    def frames_skipped(self) -> int:
        """Frames that a newer one replaced before they were decoded."""
        return self._newest.dropped

    def start(self) -> None:
        """Begin to look. At most once.

        Raises:
            RuntimeError: it was started before.
        """
        if self._threads or self._stopping.is_set():
            raise RuntimeError("a watch is started once")
        if self._camera is None:
            self._tell.on_condition(self._condition)
            return
        self._set_condition(CameraCondition(CameraState.STARTING))
        self._last_frame_at = self._monotonic()
        self._threads = [
            threading.Thread(target=self._capture, args=(self._camera,), name="camera-capture", daemon=True),
            threading.Thread(target=self._decode, name="camera-decode", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def pause(self) -> None:
        """Show and decode nothing until `resume`; the camera stays open, so that resuming takes no time."""
        self._looking.clear()
        self._newest.clear()

    def resume(self) -> None:
        """Look again."""
        self._looking.set()

    def stop(self) -> bool:
        """End both threads and close the camera. False if a thread still hangs in the camera's driver after 5 s."""
        self._stopping.set()
        self._newest.close()
        for thread in self._threads:
            thread.join(_JOIN_S)
        return not any(thread.is_alive() for thread in self._threads)

    def _capture(self, camera: Camera) -> None:
        wait_s = self._first_wait_s
        try:
            while not self._stopping.is_set():
                frames = self._frames_until_lost(camera)
                if self._condition.fault is CameraFault.ENDED:
                    return  # a recording that was not to be repeated
                wait_s = self._first_wait_s if frames else min(2 * wait_s, _LONGEST_WAIT_S)
                self._stopping.wait(wait_s)
        finally:
            camera.close()

    def _frames_until_lost(self, camera: Camera) -> int:
        """Open the camera and pass its frames on until it fails or the watch stops; how many there were."""
        frames = 0
        try:
            camera.open()
            while not self._stopping.is_set():
                frame = camera.read()
                frames += 1
                self._last_frame_at = self._monotonic()
                self._set_condition(CameraCondition(CameraState.LIVE))
                self._pass_on(frame)
        except CameraUnavailable as lost:
            log.debug("camera lost: %s", lost.fault)
            self._set_condition(CameraCondition(CameraState.LOST, lost.fault))
        camera.close()
        return frames

    def _pass_on(self, frame: Frame) -> None:
        # A pause still takes each frame as it comes: what nobody takes piles up in the line's buffers, and the next
        # customer's sale would begin with the code of the one before.
        if not self._looking.is_set():
            return
        self._newest.put(frame)
        self._tell.on_frame(frame)

    def _decode(self) -> None:
        chain = self._make_chain()
        region: Region | None = None
        misses = 0
        try:
            while not self._stopping.is_set():
                frame = self._newest.take(_LOOK_UP_S)
                if frame is None:
                    self._notice_silence()
                    continue
                code = self._decoded(chain, frame, region)
                if code is not None:
                    region, misses = region_around(code.corners, frame.picture), 0
                    if self._looking.is_set() and not self._stopping.is_set():
                        self._tell.on_code(code)
                else:
                    misses += 1
                    region = region if misses < _FORGET_REGION_AFTER else None
        finally:
            chain.close()

    def _decoded(self, chain: Chain, frame: Frame, region: Region | None) -> Decoded | None:
        try:
            return chain.decode_frame(grey_of(frame.picture), region)
        except (cv2.error, ValueError) as wrong:
            # One odd frame (a camera that changes its size in mid-flight) must not end the watch.
            log.warning("frame %d could not be decoded: %s", frame.number, wrong)
            return None

    def _notice_silence(self) -> None:
        """A driver that hangs inside `read` raises nothing; the decoding thread sees that no frames come."""
        silent_s = self._monotonic() - self._last_frame_at
        if self._condition.state is CameraState.LIVE and silent_s > self._silent_after_s:
            self._set_condition(CameraCondition(CameraState.LOST, CameraFault.FROZEN))

    def _set_condition(self, condition: CameraCondition) -> None:
        with self._condition_lock:
            if condition == self._condition:
                return
            self._condition = condition
        if not self._stopping.is_set():
            self._tell.on_condition(condition)
