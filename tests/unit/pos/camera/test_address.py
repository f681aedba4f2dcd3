"""What follows `--camera` is understood or refused with a code (surface.md)."""

from pathlib import Path

import pytest

from pos_app.devices.camera import AddressFault, CameraAddressInvalid, camera_at, parse_camera_address
from pos_app.devices.camera.address import DeviceIndex, NoCamera, Pictures, Stream, VideoFile


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("none", NoCamera()),
        ("NONE", NoCamera()),
        (" 0 ", DeviceIndex(0)),
        ("12", DeviceIndex(12)),
        ("http://10.0.0.9:8080/video", Stream("http://10.0.0.9:8080/video")),
        ("rtsp://me:pw@cam/1", Stream("rtsp://me:pw@cam/1")),
    ],
)
def test_each_kind_of_address_is_told(text: str, address: object) -> None:
    assert parse_camera_address(text) == address


def test_files_and_folders_are_told_by_what_is_there(tmp_path: Path) -> None:
    video, picture = tmp_path / "v.mp4", tmp_path / "p.PNG"
    video.write_bytes(b"x")
    picture.write_bytes(b"x")
    assert parse_camera_address(str(video)) == VideoFile(video)
    assert parse_camera_address(video.as_uri()) == VideoFile(video)
    assert parse_camera_address(str(picture)) == Pictures(picture)
    assert parse_camera_address(str(tmp_path)) == Pictures(tmp_path)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", AddressFault.EMPTY),
        ("  ", AddressFault.EMPTY),
        ("-1", AddressFault.BAD_INDEX),
        ("+1", AddressFault.BAD_INDEX),
        ("100", AddressFault.BAD_INDEX),
        ("9" * 100_000, AddressFault.BAD_INDEX),
        ("gopher://x/y", AddressFault.UNKNOWN_SCHEME),
        ("http://", AddressFault.NO_HOST),
        ("rtsp://[::1", AddressFault.NO_HOST),
        ("no such thing", AddressFault.NOT_FOUND),
        ("x" * 5_000, AddressFault.NOT_FOUND),
        ("a\0b", AddressFault.NOT_FOUND),
    ],
)
def test_nonsense_is_refused_with_its_code(text: str, fault: AddressFault) -> None:
    with pytest.raises(CameraAddressInvalid) as refused:
        parse_camera_address(text)
    assert refused.value.fault is fault


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CameraAddressInvalid) as refused:
        parse_camera_address(str(tmp_path))
    assert refused.value.fault is AddressFault.NO_PICTURES


def test_a_streams_password_shows_in_no_repr_and_no_refusal() -> None:
    assert "hunter2" not in repr(parse_camera_address("rtsp://me:hunter2@cam/1"))
    with pytest.raises(CameraAddressInvalid) as refused:
        parse_camera_address("gopher://me:hunter2@cam/1")
    assert "hunter2" not in str(refused.value)


def test_no_camera_is_no_camera() -> None:
    assert camera_at(NoCamera()) is None
