"""The decoder chain: a picture in, the QR codes in it out.

zxing-cpp looks at every frame first; where it finds nothing, one of the slower ways is tried, the next one at the next
frame, so that no single frame holds up the newest. A picture from a file is looked at in all the ways at once.
Where two ways read different texts at one place, the earlier one in the chain counts: ZBar comes last for that reason.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
import zxingcpp

from pos_app.devices.camera.port import Picture
from pos_app.devices.camera.zbar import Point, ZbarReader
from pos_app.devices.scanner.kinds import what_is_it

log = logging.getLogger(__name__)

Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left of the code as it is printed, in the picture's pixels."""

_QR_ONLY: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_SOFTEN_RADIUS_PX: Final = 1.0
_SHARPEN_RADIUS_PX: Final = 3.0
_SHARPEN_AMOUNT: Final = 2.0
_SLIGHTLY: Final = 1.5
_TWICE: Final = 2.0
_ENLARGED_UP_TO_PX: Final = 1_920
"""Larger pictures have pixels enough, and enlarging them would take long."""
_REGION_MARGIN: Final = 0.5
"""How far a code may have moved between two frames, as a share of its size."""


class Decoder(StrEnum):
    """Which way of looking read the code."""

    ZXING = "zxing"
    ZXING_SHARPENED = "zxing-sharpened"
    ZXING_ENLARGED = "zxing-enlarged"
    ZXING_TWICE = "zxing-twice"
    ZXING_FIXED = "zxing-fixed"
    ZXING_GLOBAL = "zxing-global"
    ZXING_SOFTENED = "zxing-softened"
    ZBAR = "zbar"
    ZBAR_INVERTED = "zbar-inverted"
    ZBAR_SOFTENED = "zbar-softened"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A code that was read: its text, where it stands in the picture, and by which way.

    A payment code's text holds its secret, so no repr shows it.
    """

    text: str = field(repr=False)
    corners: Corners
    decoder: Decoder


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a picture, in pixels: from (left, top) to before (right, bottom)."""

    left: int
    top: int
    right: int
    bottom: int


_Stage = Callable[[Picture], list[Decoded]]


def grey_of(picture: Picture) -> Picture:
    """The picture in grey; itself if it is grey already."""
    if picture.ndim == 2:
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def region_around(corners: Corners, picture: Picture) -> Region:
    """Where to look for a code in the next frame after it stood at `corners` in this one."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    margin = _REGION_MARGIN * max(max(xs) - min(xs), max(ys) - min(ys))
    height, width = picture.shape[:2]
    return Region(
        left=max(0, int(min(xs) - margin)),
        top=max(0, int(min(ys) - margin)),
        right=min(width, int(max(xs) + margin) + 1),
        bottom=min(height, int(max(ys) + margin) + 1),
    )


class DecoderChain:
    """The chain for one thread: it remembers whose turn is next and holds a ZBar scanner of its own."""

    def __init__(self) -> None:
        try:
            self._zbar: ZbarReader | None = ZbarReader()
        except ImportError as missing:
            # The other decoders read nearly everything, and a counter that cannot scan at all would be worse.
            log.warning("no ZBar on this machine, decoding without it: %s", missing)
            self._zbar = None
        # In the order of what they saved, for their time, of drawn frames that the first stage missed.
        self.fallbacks: tuple[_Stage, ...] = (
            self._sharpened,
            self._enlarged_centre,
            self._enlarged,
            self._fixed,
            self._global,
            self.by_zbar,
        )
        self._turn = 0

    def close(self) -> None:
        """Give ZBar's memory back."""
        if self._zbar is not None:
            self._zbar.close()
            self._zbar = None

    def decode_frame(self, grey: Picture, region: Region | None = None) -> Decoded | None:
        """The code in a camera's frame: the first stage, then at most one fallback, the next in turn.

        With `region` (where the code stood a frame ago) that part is looked at first. A code of ours is
        preferred to any other, so that a poster's web address in view does not hide the customer's phone.
        """
        if region is not None:
            tracked = _chosen(self._in_region(grey, region))
            if tracked is not None and _is_ours(tracked):
                return tracked
        first = _chosen(self.first_stage(grey))
        if first is not None and _is_ours(first):
            return first
        fallback = self.fallbacks[self._turn]
        self._turn = (self._turn + 1) % len(self.fallbacks)
        second = _chosen(fallback(grey))
        if second is not None and (first is None or _is_ours(second)):
            return second
        return first

    def first_stage(self, grey: Picture) -> list[Decoded]:
        """What every frame is looked at with: zxing-cpp on the whole of it, inverted codes too."""
        return _zxing(grey, Decoder.ZXING)

    def decode_still(self, grey: Picture) -> list[Decoded]:
        """All codes in a picture, by every way there is; each place in the picture gives at most one text."""
        found: list[Decoded] = []
        only_for_stills = (self._softened, self._enlarged_twice, self._zbar_inverted, self._zbar_softened)
        for stage in (self.first_stage, *self.fallbacks, *only_for_stills):
            for code in stage(grey):
                if not any(_same_place(code.corners, other.corners) for other in found):
                    found.append(code)
        return found

    def _in_region(self, grey: Picture, region: Region) -> list[Decoded]:
        part = np.ascontiguousarray(grey[region.top : region.bottom, region.left : region.right])
        if part.size == 0:
            return []
        return _moved(_zxing(part, Decoder.ZXING), region.left, region.top)

    def _sharpened(self, grey: Picture) -> list[Decoded]:
        return _zxing(_sharpened(grey), Decoder.ZXING_SHARPENED)

    def _softened(self, grey: Picture) -> list[Decoded]:
        return _zxing(_softened(grey, _SOFTEN_RADIUS_PX), Decoder.ZXING_SOFTENED)

    def _global(self, grey: Picture) -> list[Decoded]:
        return _zxing(grey, Decoder.ZXING_GLOBAL, zxingcpp.Binarizer.GlobalHistogram)

    def _fixed(self, grey: Picture) -> list[Decoded]:
        return _zxing(grey, Decoder.ZXING_FIXED, zxingcpp.Binarizer.FixedThreshold)

    def _enlarged_centre(self, grey: Picture) -> list[Decoded]:
        height, width = grey.shape
        left, top = width // 4, height // 4
        return _moved(self._enlarged_twice(grey[top : height - top, left : width - left]), left, top)

    def _enlarged_twice(self, grey: Picture) -> list[Decoded]:
        # Both radii grow with the picture: first the noise goes, then the modules' edges come out.
        large = _enlarged(grey, _TWICE)
        read = _zxing(
            _sharpened(large, _SOFTEN_RADIUS_PX * _SLIGHTLY, _SHARPEN_RADIUS_PX * _SLIGHTLY),
            Decoder.ZXING_TWICE,
        )
        return _scaled(read, 1 / _TWICE)

    def _enlarged(self, grey: Picture) -> list[Decoded]:
        large = _enlarged(grey, _SLIGHTLY)
        return _scaled(_zxing(_softened(large, _SOFTEN_RADIUS_PX), Decoder.ZXING_ENLARGED), 1 / _SLIGHTLY)

    def by_zbar(self, grey: Picture) -> list[Decoded]:
        """What ZBar reads: the dearest stage, and the one that sees some codes zxing-cpp does not."""
        return self._zbar_reads(grey, Decoder.ZBAR)

    def _zbar_inverted(self, grey: Picture) -> list[Decoded]:
        return self._zbar_reads(np.bitwise_not(grey), Decoder.ZBAR_INVERTED)

    def _zbar_softened(self, grey: Picture) -> list[Decoded]:
        return self._zbar_reads(_softened(grey, _SOFTEN_RADIUS_PX), Decoder.ZBAR_SOFTENED)

    def _zbar_reads(self, grey: Picture, decoder: Decoder) -> list[Decoded]:
        if self._zbar is None:
            return []
        return [Decoded(text, corners, decoder) for text, corners in self._zbar.read(grey)]


def _zxing(
    grey: Picture,
    decoder: Decoder,
    binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage,
) -> list[Decoded]:
    found: list[Decoded] = []
    for code in zxingcpp.read_barcodes(
        grey,
        formats=_QR_ONLY,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer,
        try_invert=True,
    ):
        at = code.position
        corners = tuple(
            (float(p.x), float(p.y)) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
        )
        if code.valid and code.text:
            found.append(Decoded(code.text, (corners[0], corners[1], corners[2], corners[3]), decoder))
    return found


def _softened(grey: Picture, radius_px: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), radius_px), dtype=np.uint8)


def _sharpened(
    grey: Picture, soften_px: float = _SOFTEN_RADIUS_PX, sharpen_px: float = _SHARPEN_RADIUS_PX
) -> Picture:
    """An unsharp mask over a slightly softened picture: alone, it would sharpen the sensor's noise as well."""
    soft = _softened(grey, soften_px)
    softer = _softened(soft, sharpen_px)
    return np.asarray(cv2.addWeighted(soft, 1 + _SHARPEN_AMOUNT, softer, -_SHARPEN_AMOUNT, 0), dtype=np.uint8)


def _enlarged(grey: Picture, times: float) -> Picture:
    """The picture enlarged; a single white pixel in place of one that is large already or has no pixels."""
    if grey.size == 0 or max(grey.shape) > _ENLARGED_UP_TO_PX:
        return np.full((1, 1), 255, np.uint8)
    large = cv2.resize(grey, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, dtype=np.uint8)


def _scaled(codes: Sequence[Decoded], by: float) -> list[Decoded]:
    scaled: list[Decoded] = []
    for code in codes:
        a, b, c, d = ((x * by, y * by) for x, y in code.corners)
        scaled.append(Decoded(code.text, (a, b, c, d), code.decoder))
    return scaled


def _moved(codes: Sequence[Decoded], right: int, down: int) -> list[Decoded]:
    moved: list[Decoded] = []
    for code in codes:
        a, b, c, d = ((x + right, y + down) for x, y in code.corners)
        moved.append(Decoded(code.text, (a, b, c, d), code.decoder))
    return moved


def _chosen(codes: Sequence[Decoded]) -> Decoded | None:
    return next((code for code in codes if _is_ours(code)), codes[0] if codes else None)


def _is_ours(code: Decoded) -> bool:
    return what_is_it(code.text).is_ours


def _same_place(one: Corners, other: Corners) -> bool:
    return _holds(one, _centre(other)) or _holds(other, _centre(one))


def _centre(corners: Corners) -> Point:
    return (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)


def _holds(corners: Corners, point: Point) -> bool:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs) <= point[0] <= max(xs) and min(ys) <= point[1] <= max(ys)
