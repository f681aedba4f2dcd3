"""The watch: newest frame only, lost and found again by itself, paused, stopped (faults.md 27)."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from pos_app.devices.camera import (
    CameraCondition,
    CameraFault,
    CameraState,
    CameraUnavailable,
    CodeWatch,
    Decoded,
    Decoder,
    Frame,
    Watchers,
    camera_at,
    parse_camera_address,
)
from pos_app.devices.camera.decoders import Corners, Region
from pos_app.devices.camera.port import Camera, Picture
from tests.builders.codes import text_like_a_payment_code
from tests.builders.phone_video import write_phone_video
from tests.fakes.camera import ScriptedCamera

CODE = text_like_a_payment_code(8)
T = TypeVar("T")
WAIT_S = 20.0
CORNERS: Corners = ((10, 10), (50, 10), (50, 50), (10, 50))
LIVE = CameraCondition(CameraState.LIVE)


@dataclass
class Seen:
    """What the watch told, and a way to wait for it."""

    frames: list[Frame] = field(default_factory=list)
    codes: list[Decoded] = field(default_factory=list)
    conditions: list[CameraCondition] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def watchers(self) -> Watchers:
        return Watchers(
            on_frame=lambda frame: self._note(self.frames, frame),
            on_code=lambda code: self._note(self.codes, code),
            on_condition=lambda condition: self._note(self.conditions, condition),
        )

    def _note(self, where: list[T], what: T) -> None:
        with self.changed:
            where.append(what)
            self.changed.notify_all()

    def until(self, true: Callable[[], bool]) -> bool:
        with self.changed:
            return self.changed.wait_for(true, WAIT_S)


class ChainThatReads:
    """A chain that reads a code in every picture whose first pixel is not 0; it notes what it was given."""

    def __init__(self) -> None:
        self.regions: list[Region | None] = []
        self.closed = False

    def decode_frame(self, grey: Picture, region: Region | None = None) -> Decoded | None:
        self.regions.append(region)
        return Decoded("MPS1:X", CORNERS, Decoder.ZXING) if grey[0, 0] else None

    def close(self) -> None:
        self.closed = True


@contextmanager
def watching(
    camera: Camera | None,
    seen: Seen,
    *,
    chain: ChainThatReads | None = None,
    silent_after_s: float = 60.0,
) -> Iterator[CodeWatch]:
    watch = CodeWatch(
        camera,
        seen.watchers(),
        make_chain=(lambda: chain) if chain is not None else ChainThatReads,
        first_wait_s=0.01,
        silent_after_s=silent_after_s,
    )
    watch.start()
    try:
        yield watch
    finally:
        if isinstance(camera, ScriptedCamera):
            camera.release_readers()
        assert watch.stop()


def picture(value: int) -> Picture:
    return np.full((64, 64), value, np.uint8)


def test_frames_are_shown_and_a_code_is_told() -> None:
    seen, camera = Seen(), ScriptedCamera()
    with watching(camera, seen):
        camera.show(picture(0))
        camera.show(picture(9))
        assert seen.until(lambda: bool(seen.codes))
    assert seen.conditions[:2] == [CameraCondition(CameraState.STARTING), LIVE]
    assert [frame.number for frame in seen.frames] == [1, 2]
    assert seen.codes[0].text == "MPS1:X"


def test_an_unplugged_camera_is_said_to_be_lost_and_comes_back_by_itself() -> None:
    seen, camera = Seen(), ScriptedCamera()
    with watching(camera, seen):
        camera.show(picture(0))
        camera.fail(CameraUnavailable(CameraFault.UNPLUGGED))
        assert seen.until(lambda: CameraCondition(CameraState.LOST, CameraFault.UNPLUGGED) in seen.conditions)
        camera.show(picture(7))
        assert seen.until(lambda: bool(seen.codes))
        assert seen.conditions[-1] == LIVE
    assert camera.times_opened == 2


def test_a_busy_camera_is_tried_again_until_it_opens() -> None:
    seen, camera = Seen(), ScriptedCamera(refusals=[CameraUnavailable(CameraFault.NO_ANSWER)] * 3)
    with watching(camera, seen):
        camera.show(picture(7))
        assert seen.until(lambda: bool(seen.codes))
    lost = CameraCondition(CameraState.LOST, CameraFault.NO_ANSWER)
    assert seen.conditions == [CameraCondition(CameraState.STARTING), lost, LIVE]
    assert camera.times_opened == 4


def test_a_driver_that_hangs_is_noticed_and_its_return_too() -> None:
    seen, camera = Seen(), ScriptedCamera()
    with watching(camera, seen, silent_after_s=0.05):
        camera.show(picture(0))
        assert seen.until(lambda: CameraCondition(CameraState.LOST, CameraFault.FROZEN) in seen.conditions)
        camera.show(picture(7))
        assert seen.until(lambda: bool(seen.codes) and LIVE in seen.conditions[-2:])
    assert camera.times_opened == 1


def test_only_the_newest_frame_is_decoded_when_decoding_is_slow() -> None:
    seen, camera = Seen(), ScriptedCamera()
    chain = _ChainHeldUp()
    with watching(camera, seen, chain=chain) as watch:
        camera.show(picture(1))
        assert chain.holding.wait(WAIT_S)
        for value in range(2, 12):
            camera.show(picture(value))
        assert seen.until(lambda: len(seen.frames) == 11)
        chain.go_on.set()
        assert seen.until(lambda: len(seen.codes) == 2)
        assert watch.frames_skipped == 9
    assert chain.values == [1, 11]


def test_after_a_hit_the_next_frame_is_looked_at_where_the_code_was() -> None:
    seen, camera, chain = Seen(), ScriptedCamera(), ChainThatReads()
    with watching(camera, seen, chain=chain):
        camera.show(picture(5))
        assert seen.until(lambda: len(seen.codes) == 1)
        camera.show(picture(5))
        assert seen.until(lambda: len(seen.codes) == 2)
    assert chain.regions[0] is None
    assert chain.regions[1] == Region(0, 0, 64, 64)
    assert chain.closed


def test_paused_nothing_is_shown_or_decoded_and_resumed_it_is() -> None:
    seen, camera = Seen(), ScriptedCamera()
    with watching(camera, seen) as watch:
        camera.show(picture(5))
        assert seen.until(lambda: len(seen.codes) == 1)
        watch.pause()
        camera.show(picture(5))
        assert camera.drained.wait(WAIT_S)
        watch.resume()
        camera.show(picture(5))
        assert seen.until(lambda: len(seen.codes) == 2)
    assert [frame.number for frame in seen.frames] == [1, 3]


def test_a_pause_lets_no_old_frames_pile_up_that_the_next_customer_would_be_charged_by() -> None:
    seen, camera = Seen(), ScriptedCamera()
    with watching(camera, seen) as watch:
        watch.pause()
        for _ in range(500):
            camera.show(picture(5))
        assert camera.drained.wait(WAIT_S)
        watch.resume()
        camera.show(picture(0))
        assert seen.until(lambda: len(seen.frames) == 1)
    assert seen.codes == []


def test_without_a_camera_the_condition_says_so_and_stopping_is_immediate() -> None:
    seen = Seen()
    with watching(None, seen) as watch:
        assert seen.conditions == [CameraCondition(CameraState.NONE)]
        assert watch.condition.state is CameraState.NONE


def test_a_watch_is_started_once() -> None:
    with watching(None, Seen()):
        pass
    watch = CodeWatch(None, Seen().watchers())
    watch.stop()
    with pytest.raises(RuntimeError):
        watch.start()


@pytest.mark.parametrize("kind", ["avi", "mp4"])
def test_a_video_of_a_phone_coming_into_view_is_read_by_the_real_chain(tmp_path: Path, kind: str) -> None:
    path = write_phone_video(tmp_path / f"phone.{kind}", CODE, dark_mode=kind == "mp4")
    seen = Seen()
    watch = CodeWatch(camera_at(parse_camera_address(str(path))), seen.watchers())
    watch.start()
    try:
        assert seen.until(lambda: bool(seen.codes))
    finally:
        assert watch.stop()
    assert {code.text for code in seen.codes} == {CODE}


class _ChainHeldUp(ChainThatReads):
    """Holds the first frame until told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.holding = threading.Event()
        self.go_on = threading.Event()
        self.values: list[int] = []

    def decode_frame(self, grey: Picture, region: Region | None = None) -> Decoded | None:
        self.values.append(int(grey[0, 0]))
        self.holding.set()
        assert self.go_on.wait(WAIT_S)
        return super().decode_frame(grey, region)
