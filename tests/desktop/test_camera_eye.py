"""What the window is told of the camera: a code once, its outline for as long as it is in view."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from pos_app.appearance.camera_preview import Outline
from pos_app.desktop.camera_eye import CameraEye
from pos_app.devices.camera import Picture
from tests.builders.codes import qr_pixels, text_like_a_payment_code
from tests.builders.phone_video import counter_frame
from tests.fakes.camera import ScriptedCamera
from tests.fakes.clock import ManualClock

WAIT_MS = 10_000
CODE = text_like_a_payment_code(3)


@pytest.fixture
def camera() -> ScriptedCamera:
    return ScriptedCamera()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def eye(qtbot: QtBot, camera: ScriptedCamera, clock: ManualClock) -> Iterator[CameraEye]:
    made = CameraEye(camera, clock.monotonic_ms)
    made.start()
    yield made
    camera.release_readers()
    assert made.stop()


def code_picture() -> Picture:
    return np.repeat(qr_pixels(CODE, 6)[..., None], 3, axis=2)


def test_the_outline_goes_when_the_code_has_left_the_view(
    qtbot: QtBot, eye: CameraEye, camera: ScriptedCamera, clock: ManualClock
) -> None:
    told: list[Outline | None] = []
    eye.outline_seen.connect(told.append)
    with qtbot.waitSignal(eye.code_seen, timeout=WAIT_MS) as seen:
        camera.show(code_picture())
    assert seen.args == [CODE]
    qtbot.waitUntil(lambda: len(told) == 1, timeout=WAIT_MS)
    assert isinstance(told[0], Outline)
    clock.advance(300)
    with qtbot.waitSignal(eye.frame_ready, timeout=WAIT_MS):
        eye.frame_shown()
        camera.show(counter_frame())
    assert told[1:] == []
    clock.advance(200)
    camera.show(counter_frame())
    qtbot.waitUntil(lambda: told[1:] == [None], timeout=WAIT_MS)
