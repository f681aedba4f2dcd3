"""Pictures are bounded before they are decoded; a torn one is refused, never a crash (faults.md)."""

import io
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pos_app.devices.camera import PictureFault, PictureRefused, grey_picture_from, grey_picture_of, scan_file
from pos_app.devices.camera.stills import MAX_FILE_BYTES
from tests.builders.codes import qr_pixels, text_like_a_payment_code
from tests.builders.phone_video import counter_frame

CODE = text_like_a_payment_code()


def file_bytes(kind: str, mode: str = "L") -> bytes:
    out = io.BytesIO()
    Image.fromarray(qr_pixels(CODE, 4)).convert(mode).save(out, kind)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("PNG", "L"),
        ("PNG", "RGB"),
        ("PNG", "1"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("WEBP", "RGB"),
        ("BMP", "RGB"),
    ],
)
def test_each_format_is_read(kind: str, mode: str, tmp_path: Path) -> None:
    path = tmp_path / "picture.bin"  # the content counts, not the name
    path.write_bytes(file_bytes(kind, mode))
    assert scan_file(path).texts == (CODE,)


def test_dark_on_transparent_reads_as_dark_on_white(tmp_path: Path) -> None:
    grey = qr_pixels(CODE, 4)
    pixels = np.zeros((*grey.shape, 4), np.uint8)
    pixels[..., 3] = 255 - grey
    path = tmp_path / "transparent.png"
    Image.fromarray(pixels).save(path)
    assert scan_file(path).texts == (CODE,)


@pytest.mark.parametrize(
    ("width", "height"), [(50_000, 50_000), (2_000_000, 1), (30_000, 2_000), (10_000, 10_000)]
)
def test_a_decompression_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(PictureRefused) as refused:
        grey_picture_of(png_that_claims(width, height))
    assert refused.value.fault is PictureFault.TOO_LARGE


def test_a_file_over_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES * 100)  # sparse: takes no disk
    with pytest.raises(PictureRefused) as refused:
        grey_picture_from(path)
    assert refused.value.fault is PictureFault.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", PictureFault.UNKNOWN_FORMAT),
        (b"hello", PictureFault.UNKNOWN_FORMAT),
        (b"GIF89a" + bytes(100), PictureFault.UNKNOWN_FORMAT),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", PictureFault.UNKNOWN_FORMAT),
        (png_that_claims(4_000, 4_000)[:200], PictureFault.TORN),
    ],
)
def test_what_is_no_picture_is_refused_with_its_code(data: bytes, fault: PictureFault) -> None:
    with pytest.raises(PictureRefused) as refused:
        grey_picture_of(data)
    assert refused.value.fault is fault


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.png", tmp_path, tmp_path / "nothing.mp4"):
        with pytest.raises(PictureRefused) as refused:
            scan_file(path)
        assert refused.value.fault is PictureFault.NOT_FOUND


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP"])
def test_damaged_bytes_give_a_picture_or_a_refusal_and_nothing_else(kind: str) -> None:
    whole = file_bytes(kind, "RGB")
    draw = random.Random(kind)
    refusals = 0
    for _ in range(60):
        data = bytearray(whole[: draw.randrange(1, len(whole))] if draw.random() < 0.5 else whole)
        for _ in range(draw.randrange(1, 12)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        try:
            assert grey_picture_of(bytes(data)).ndim == 2
        except PictureRefused:
            refusals += 1
    assert refusals > 0


def test_a_torn_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "torn.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(500))
    with pytest.raises(PictureRefused) as refused:
        scan_file(path)
    assert refused.value.fault is PictureFault.UNKNOWN_FORMAT


def test_a_picture_without_a_code_gives_no_text(tmp_path: Path) -> None:
    path = tmp_path / "counter.png"
    Image.fromarray(counter_frame()).save(path)
    scan = scan_file(path)
    assert scan.texts == ()
    assert (scan.frames, scan.frames_with_code) == (1, 0)
