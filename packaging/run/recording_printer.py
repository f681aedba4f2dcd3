"""The ESC/POS printer on the counter, which keeps each receipt as the bytes it was sent and as a picture."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from tests.fakes.escpos_printer import EscposPrinter

_MARGIN_DOTS: Final = 24


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt, from cut to cut."""

    content: bytes
    picture: Image.Image

    def save(self, stem: Path) -> list[Path]:
        """Write `<stem>.bin` and `<stem>.png`; the picture gets the paper's white edge."""
        binary, picture = stem.with_suffix(".bin"), stem.with_suffix(".png")
        binary.write_bytes(self.content)
        size = (self.picture.width + 2 * _MARGIN_DOTS, self.picture.height + 2 * _MARGIN_DOTS)
        paper = Image.new("L", size, 255)
        paper.paste(self.picture, (_MARGIN_DOTS, _MARGIN_DOTS))
        paper.save(picture)
        return [binary, picture]


class RecordingPrinter(EscposPrinter):
    """Listens on a free port of this machine; `address` goes after `--printer`."""

    def __init__(self) -> None:
        self._record_lock = threading.Lock()
        self._since_cut = b""
        self._receipts: list[Receipt] = []
        super().__init__()

    @property
    def receipts(self) -> list[Receipt]:
        """What has been printed and cut so far."""
        with self._record_lock:
            return list(self._receipts)

    def _take(self, received: bytes) -> bytes:
        with self._record_lock:
            answers = super()._take(received)
            self._since_cut += received
            cut_off = self.paper.receipts[len(self._receipts) :]
            for number, picture in enumerate(cut_off):
                # Several cuts in what came at once: only the last can be told apart by its bytes, and none is lost.
                content = self._since_cut if number == len(cut_off) - 1 else b""
                self._receipts.append(Receipt(content, picture))
            if cut_off:
                self._since_cut = b""
        return answers
