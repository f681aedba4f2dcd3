"""ZBar, through pyzbar's bindings, read as raw bytes.

`pyzbar.decode` lets ZBar guess the bytes' encoding, and the guess is wrong for most Chinese and accented text
(it shows Japanese instead). ZBar's binary mode hands over the bytes as they stand in the code; they are taken as text
only where they are UTF-8, so a wrong text never leaves here, and a code in another encoding counts as not read.
"""

import ctypes
import logging
from types import ModuleType
from typing import Any, Final

import numpy as np

from pos_app.devices.camera.port import Picture

log = logging.getLogger(__name__)

_FOURCC_GREY: Final = int.from_bytes(b"Y800", "little")
_ALL_SYMBOLOGIES: Final = 0
_QR_CODE: Final = 64
_CONFIG_ENABLE: Final = 0
_CONFIG_BINARY: Final = 4  # since ZBar 0.23; older ones answer that they do not know it

Point = tuple[float, float]
Reading = tuple[str, tuple[Point, Point, Point, Point]]
"""A text and the corners of its code: top left, top right, bottom right, bottom left."""


class ZbarReader:
    """One ZBar scanner; used by one thread at a time.

    Raises:
        ImportError: the machine has no ZBar library.
    """

    def __init__(self) -> None:
        from pyzbar import wrapper  # the import itself loads the library, which a bare machine may lack

        self._zbar: ModuleType = wrapper
        self._scanner: Any = wrapper.zbar_image_scanner_create()
        wrapper.zbar_image_scanner_set_config(self._scanner, _ALL_SYMBOLOGIES, _CONFIG_ENABLE, 0)
        wrapper.zbar_image_scanner_set_config(self._scanner, _QR_CODE, _CONFIG_ENABLE, 1)
        refused: int = wrapper.zbar_image_scanner_set_config(self._scanner, _QR_CODE, _CONFIG_BINARY, 1)
        self._encoding = "ascii" if refused else "utf-8"

    def read(self, grey: Picture) -> list[Reading]:
        """The codes in a grey picture."""
        pixels = np.ascontiguousarray(grey).tobytes()
        height, width = grey.shape
        image = self._zbar.zbar_image_create()
        try:
            self._zbar.zbar_image_set_format(image, _FOURCC_GREY)
            self._zbar.zbar_image_set_size(image, width, height)
            start = ctypes.cast(ctypes.c_char_p(pixels), ctypes.c_void_p)
            self._zbar.zbar_image_set_data(image, start, len(pixels), None)
            if self._zbar.zbar_scan_image(self._scanner, image) < 0:
                return []
            return self._symbols(image)
        finally:
            self._zbar.zbar_image_destroy(image)

    def close(self) -> None:
        """Give the scanner's memory back; reading again is an error."""
        if self._scanner is not None:
            self._zbar.zbar_image_scanner_destroy(self._scanner)
            self._scanner = None

    def _symbols(self, image: Any) -> list[Reading]:
        found: list[Reading] = []
        symbol = self._zbar.zbar_image_first_symbol(image)
        while symbol:
            raw = ctypes.string_at(
                self._zbar.zbar_symbol_get_data(symbol), self._zbar.zbar_symbol_get_data_length(symbol)
            )
            count: int = self._zbar.zbar_symbol_get_loc_size(symbol)
            if raw and count == 4:
                self._add(found, raw, symbol)
            symbol = self._zbar.zbar_symbol_next(symbol)
        return found

    def _add(self, found: list[Reading], raw: bytes, symbol: Any) -> None:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            log.debug(
                "a code of %d bytes that are not %s is left to the other decoders", len(raw), self._encoding
            )
            return
        points = [
            (
                float(self._zbar.zbar_symbol_get_loc_x(symbol, n)),
                float(self._zbar.zbar_symbol_get_loc_y(symbol, n)),
            )
            for n in range(4)
        ]
        # ZBar goes round the other way: top left, bottom left, bottom right, top right.
        found.append((text, (points[0], points[3], points[2], points[1])))
