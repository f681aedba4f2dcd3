"""Files, folders and network streams are cameras, and each says why it gives no pictures."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from pos_app.devices.camera import (
    CameraCondition,
    CameraFault,
    CameraState,
    CameraUnavailable,
    CodeWatch,
    Decoded,
    Watchers,
    camera_at,
    first_frame_from,
    parse_camera_address,
    scan_file,
)
from pos_app.devices.camera.folder import FolderCamera
from pos_app.devices.camera.opencv import LiveCamera, VideoCamera
from pos_app.devices.camera.port import Camera
from tests.builders.codes import text_like_a_payment_code
from tests.builders.phone_video import FRAMES_PER_SECOND, PhoneLook, phone_frame, write_phone_video
from tests.fakes.mjpeg_server import MjpegCamera

CODE = text_like_a_payment_code(11)
WAIT_S = 20.0


class Ticking:
    """A monotonic clock that goes on by a step at each look, so that nothing waits for real time."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._now = 0.0

    def __call__(self) -> float:
        self._now += self._step_s
        return self._now


def save(path: Path, value: int) -> None:
    assert cv2.imwrite(str(path), np.full((20, 30), value, np.uint8))


def why(camera: Camera) -> CameraFault:
    """Reads on until the camera fails."""
    try:
        for _ in range(1_000):
            camera.read()
    except CameraUnavailable as lost:
        return lost.fault
    raise AssertionError("the camera never failed")


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_phone_video(tmp_path_factory.mktemp("video") / "phone.mp4", CODE)


def test_a_folder_is_shown_in_name_order_over_and_over(tmp_path: Path) -> None:
    for name, value in (("b.png", 20), ("a.png", 10), ("c.bmp", 30)):
        save(tmp_path / name, value)
    camera = FolderCamera(tmp_path, monotonic=Ticking(1.0))
    camera.open()
    frames = [camera.read() for _ in range(4)]
    assert [int(frame.picture[0, 0]) for frame in frames] == [10, 20, 30, 10]
    assert [frame.number for frame in frames] == [1, 2, 3, 4]


def test_a_camera_that_works_gives_a_first_frame(tmp_path: Path) -> None:
    save(tmp_path / "a.png", 10)
    assert first_frame_from(FolderCamera(tmp_path)).number == 1


def test_a_folder_shown_once_ends(tmp_path: Path) -> None:
    save(tmp_path / "a.png", 10)
    camera = FolderCamera(tmp_path, loop=False, monotonic=Ticking(1.0))
    camera.open()
    camera.read()
    assert why(camera) is CameraFault.ENDED


def test_torn_pictures_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"torn")
    camera = FolderCamera(tmp_path, monotonic=Ticking(1.0))
    camera.open()
    assert why(camera) is CameraFault.UNREADABLE
    save(tmp_path / "b.png", 40)
    camera.open()
    assert int(camera.read().picture[0, 0]) == 40


def test_a_folder_that_went_away_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(CameraUnavailable) as lost:
        FolderCamera(tmp_path / "gone").open()
    assert lost.value.fault is CameraFault.NOT_FOUND


def test_a_video_gives_each_frame_in_turn_and_ends_or_begins_again(video: Path) -> None:
    once = VideoCamera(video, loop=False, monotonic=Ticking(1 / FRAMES_PER_SECOND / 2))
    once.open()
    assert once.read().picture.shape == (720, 1280, 3)
    assert why(once) is CameraFault.ENDED
    again = VideoCamera(video, monotonic=Ticking(1.0))  # a second between looks: it skips to keep its pace
    again.open()
    assert [again.read().number for _ in range(8)] == list(range(1, 9))
    again.close()


def test_a_late_reader_gets_the_frame_that_is_due_now(video: Path) -> None:
    camera = VideoCamera(video, monotonic=Ticking(0.5))
    camera.open()
    first = camera.read()
    for _ in range(2):
        late = camera.read()
    camera.close()
    # Two seconds on the phone has arrived; on the first frame there was none.
    assert float(np.abs(late.picture.astype(int) - first.picture.astype(int)).mean()) > 20


def test_what_is_no_video_is_unreadable_and_what_is_gone_not_found(tmp_path: Path) -> None:
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(bytes(1000))
    for path, fault in ((torn, CameraFault.UNREADABLE), (tmp_path / "no.mp4", CameraFault.NOT_FOUND)):
        with pytest.raises(CameraUnavailable) as lost:
            VideoCamera(path).open()
        assert lost.value.fault is fault


def test_scanning_a_video_finds_its_one_code(video: Path) -> None:
    scan = scan_file(video)
    assert scan.texts == (CODE,)
    assert scan.frames == 4 * FRAMES_PER_SECOND
    assert 2 * FRAMES_PER_SECOND <= scan.frames_with_code < scan.frames


@pytest.mark.parametrize("source", [97, "http://me:hunter2@127.0.0.1:9/none.mjpg"], ids=["index", "stream"])
def test_a_camera_that_is_not_there_does_not_answer_and_nothing_is_written(
    source: int | str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CameraUnavailable) as lost:
        first_frame_from(LiveCamera(source))
    assert lost.value.fault is CameraFault.NO_ANSWER
    assert capfd.readouterr().err == ""


def test_a_network_camera_is_read_lost_when_unplugged_and_found_again() -> None:
    frame = phone_frame(CODE, PhoneLook(code_px=300))
    states: list[CameraState] = []
    texts: list[str] = []
    changed = threading.Condition()

    def note_state(condition: CameraCondition) -> None:
        with changed:
            if states[-1:] != [condition.state]:  # while lost, the reason may change with each attempt
                states.append(condition.state)
                changed.notify_all()

    def note_code(code: Decoded) -> None:
        with changed:
            texts.append(code.text)
            changed.notify_all()

    def until(states_wanted: list[CameraState], codes_wanted: int) -> bool:
        with changed:
            return changed.wait_for(
                lambda: states[: len(states_wanted)] == states_wanted and len(texts) >= codes_wanted, WAIT_S
            )

    with MjpegCamera([frame]).running() as server:
        watch = CodeWatch(
            camera_at(parse_camera_address(server.address)),
            Watchers(on_frame=lambda _: None, on_code=note_code, on_condition=note_state),
            first_wait_s=0.05,
        )
        watch.start()
        try:
            so_far = [CameraState.STARTING, CameraState.LIVE]
            assert until(so_far, 1)
            server.unplug()
            so_far.append(CameraState.LOST)
            assert until(so_far, 1)
            read_before = len(texts)
            server.plug_in()
            so_far.append(CameraState.LIVE)
            assert until(so_far, read_before + 1)
        finally:
            assert watch.stop()
    assert set(texts) == {CODE}
