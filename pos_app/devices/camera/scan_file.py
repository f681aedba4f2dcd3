"""The codes in a file: a picture or a video (`mps-pos scan`, `mps-pos charge --image`; surface.md)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from pos_app.devices.camera.decoders import Decoded, DecoderChain, grey_of
from pos_app.devices.camera.opencv import open_video
from pos_app.devices.camera.port import CameraUnavailable, Picture
from pos_app.devices.camera.stills import PictureFault, PictureRefused, grey_picture_from

_VIDEO_SUFFIXES: Final = frozenset({".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mjpg", ".mjpeg"})
_MAX_FRAMES: Final = 20_000
_MAX_TEXTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class FileScan:
    """What a file holds: each text once, in the order seen, the frames looked at, and those that gave a code."""

    texts: tuple[str, ...] = field(repr=False)  # a payment code holds a secret
    frames: int
    frames_with_code: int


def scan_file(path: Path, chain: DecoderChain | None = None) -> FileScan:
    """Read every code in a picture by every way there is, or in a video as a camera's frames are read.

    Raises:
        PictureRefused: no such file, too large, torn, or of a kind that is not decoded.
    """
    own = chain or DecoderChain()
    try:
        if path.suffix.lower() in _VIDEO_SUFFIXES:
            return _scan_video(path, own)
        codes = own.decode_still(grey_picture_from(path))
        return FileScan(tuple(dict.fromkeys(code.text for code in codes)), 1, 1 if codes else 0)
    finally:
        if chain is None:
            own.close()


def _scan_video(path: Path, chain: DecoderChain) -> FileScan:
    if not path.is_file():
        raise PictureRefused(PictureFault.NOT_FOUND)
    try:
        video = open_video(path)
    except CameraUnavailable as wrong:
        raise PictureRefused(PictureFault.UNKNOWN_FORMAT) from wrong
    texts: dict[str, None] = {}
    frames = hits = 0
    try:
        for picture in itertools.islice(_pictures(video), _MAX_FRAMES):
            frames += 1
            code: Decoded | None = chain.decode_frame(grey_of(picture))
            if code is not None:
                hits += 1
                texts.setdefault(code.text)
            if len(texts) >= _MAX_TEXTS:
                break
    finally:
        video.release()
    if not frames:
        raise PictureRefused(PictureFault.TORN)
    return FileScan(tuple(texts), frames, hits)


def _pictures(video: cv2.VideoCapture) -> Iterator[Picture]:
    while True:
        try:
            got, picture = video.read()
        except cv2.error:
            return  # torn in the middle: what came before it counts
        if not got or picture is None:
            return
        yield np.asarray(picture, dtype=np.uint8)
