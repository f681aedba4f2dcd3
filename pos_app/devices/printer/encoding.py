"""A picture → the ESC/POS bytes of one job, by python-escpos, which is imported only when the first receipt is printed."""

import logging
import os
import re
import threading
from pathlib import Path
from typing import Any

from PIL import Image

_CACHE_VARIABLE = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_PROFILE = "TM-T20II"
"""A profile of 576 dots; the library's default one prints a warning on standard output for every picture."""

_DRAWER_PIN = 2
_REALTIME_IN_PICTURE = re.compile(rb"\x10(?=[\x04\x05\x14])")
_INVERTED = bytes(255 - value for value in range(256))

_importing = threading.Lock()


class JobEncoder:
    """Encodes jobs. ``cache_folder`` is private to this user: the library unpickles its capabilities from there."""

    def __init__(self, cache_folder: Path) -> None:
        self._cache_folder = cache_folder

    def encode(self, image: Image.Image, *, cut: bool, drawer: bool) -> bytes:
        """ESC @, the drawer's pulse if asked, the picture as GS v 0 blocks, feed and cut if asked.

        Raises ValueError for a picture that is not one-bit or wider than 80 mm paper.
        """
        if image.mode != "1" or image.width > 576:
            raise ValueError(
                f"a receipt is a one-bit picture up to 576 dots wide, not {image.mode} {image.width}"
            )
        job: Any = _dummy_printer_class(self._cache_folder)(profile=_PROFILE)
        job.hw("INIT")
        if drawer:
            job.cashdraw(_DRAWER_PIN)
        job.image(without_realtime_commands(image), impl="bitImageRaster")
        if cut:
            job.cut(mode="PART")
        output: bytes = job.output
        return output


def without_realtime_commands(image: Image.Image) -> Image.Image:
    """The picture with a dot added wherever eight dots and the next eight would read as DLE EOT, DLE ENQ or DLE DC4.

    Printers obey these three in the middle of a picture too: DLE DC4 opens the drawer.
    """
    width = -(-image.width // 8) * 8
    padded = Image.new("1", (width, image.height), 1)
    padded.paste(image, (0, 0))
    black_is_one = padded.tobytes().translate(_INVERTED)
    harmless = _REALTIME_IN_PICTURE.sub(b"\x18", black_is_one)
    return Image.frombytes("1", padded.size, harmless.translate(_INVERTED))


def _dummy_printer_class(cache_folder: Path) -> Any:
    """python-escpos's printer into memory. Its import reads an environment variable and calls ``logging.basicConfig``; both
    are put back."""
    with _importing:
        cache_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = os.environ.get(_CACHE_VARIABLE)
        handlers = list(logging.root.handlers)
        os.environ[_CACHE_VARIABLE] = str(cache_folder)
        try:
            from escpos.printer import Dummy
        finally:
            if before is None:
                del os.environ[_CACHE_VARIABLE]
            else:
                os.environ[_CACHE_VARIABLE] = before
            for handler in [handler for handler in logging.root.handlers if handler not in handlers]:
                logging.root.removeHandler(handler)
        return Dummy
