"""A picture from a file, bounded before anything of it is decoded (faults.md, "huge or malformed QR, image")."""

import io
import warnings
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, UnidentifiedImageError

from pos_app.devices.camera.port import Picture

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
"""A phone's 48-megapixel photograph passes; a bomb that unpacks to gigabytes does not."""
MAX_SIDE: Final = 20_000
_WORKING_SIDE: Final = 4_096
"""Larger pictures are shrunk to this: a code that fills one has modules to spare, and time stays bounded."""
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP")


class PictureFault(StrEnum):
    """Why a picture is refused; a stable code, the catalogues have the words."""

    NOT_FOUND = "picture_not_found"
    TOO_LARGE = "picture_too_large"
    UNKNOWN_FORMAT = "picture_format_unknown"
    TORN = "picture_torn"


class PictureRefused(ValueError):
    """The file is not a picture this terminal decodes; nothing was kept of it."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def grey_picture_from(path: Path) -> Picture:
    """The picture in a PNG, JPEG, WebP or BMP file as grey pixels; what is transparent becomes white.

    Raises:
        PictureRefused: no such file, too many bytes or pixels, another format, or torn.
    """
    return grey_picture_of(_bounded_bytes(path))


def grey_picture_of(data: bytes) -> Picture:
    """As `grey_picture_from`, for a file's content already in memory.

    Raises:
        PictureRefused: too many bytes or pixels, an unknown format, or torn.
    """
    if len(data) > MAX_FILE_BYTES:
        raise PictureRefused(PictureFault.TOO_LARGE)
    with warnings.catch_warnings():
        # Pillow's own bomb warning comes on top of the limits checked here, and would end up on standard error.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return _decode(data)


def _bounded_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise PictureRefused(PictureFault.NOT_FOUND)
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as wrong:
        raise PictureRefused(PictureFault.NOT_FOUND) from wrong


def _decode(data: bytes) -> Picture:
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as wrong:
        raise PictureRefused(PictureFault.TOO_LARGE) from wrong
    except UnidentifiedImageError as wrong:
        raise PictureRefused(PictureFault.UNKNOWN_FORMAT) from wrong
    except (OSError, ValueError, SyntaxError) as wrong:
        raise PictureRefused(PictureFault.TORN) from wrong
    width, height = image.size  # from the header alone: no pixel is unpacked yet
    if width < 1 or height < 1:
        raise PictureRefused(PictureFault.TORN)
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise PictureRefused(PictureFault.TOO_LARGE)
    try:
        return _grey(image)
    # What Pillow's decoders raise on damaged data is open-ended (struct.error, IndexError, zlib.error, …): it is
    # translated here, at the boundary, and carries its cause.
    except Exception as wrong:
        raise PictureRefused(PictureFault.TORN) from wrong


def _grey(image: Image.Image) -> Picture:
    image.draft("L", (_WORKING_SIDE, _WORKING_SIDE))  # JPEG alone: shrinks while it decodes
    image.load()
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    elif image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    grey = image.convert("L")
    if max(grey.size) > _WORKING_SIDE:
        grey.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    return np.array(grey, dtype=np.uint8)
