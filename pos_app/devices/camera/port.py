"""What a camera is to the rest of the terminal: a source of frames that can be lost and come back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Pixels of 8 bits: height × width (grey) or height × width × 3 (blue, green, red)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a camera. Nobody writes into `picture` after the frame is made: threads share it.

    `number` counts up from 1 within one opening of the camera; `at` is monotonic, in seconds.
    """

    picture: Picture
    number: int
    at: float


class CameraState(StrEnum):
    """What the devices row says about the camera."""

    NONE = "none"
    STARTING = "starting"
    LIVE = "live"
    LOST = "lost"


class CameraFault(StrEnum):
    """Why a camera gives no pictures; a stable code, the screen and `doctor` have the words for it."""

    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"
    UNPLUGGED = "unplugged"
    FROZEN = "frozen"
    ENDED = "ended"
    UNREADABLE = "unreadable"


class CameraUnavailable(Exception):
    """The camera cannot be opened or stopped giving pictures; opening it again later may help."""

    def __init__(self, fault: CameraFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Camera(Protocol):
    """A source of frames, used by one thread at a time.

    `read` gives the newest frame and waits for it no longer than the device's own time-out; both it and `open`
    raise `CameraUnavailable`. `close` may be called more than once, and `open` after it.
    """

    def open(self) -> None: ...

    def read(self) -> Frame: ...

    def close(self) -> None: ...
