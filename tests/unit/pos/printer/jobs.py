"""What the printer tests print: the receipts of the receipt tests, drawn."""

import numpy as np
from PIL import Image

from pos_app.receipts.content import ChargeKind
from pos_app.receipts.raster import render
from pos_app.receipts.rows import PaperWidth
from tests.unit.pos.receipts.samples import charge


def receipt(paper: PaperWidth = PaperWidth.MM_58, kind: ChargeKind = ChargeKind.COMPLETED) -> Image.Image:
    """A receipt's picture."""
    return render(charge(kind), "zh_TW", paper)


def same_print(printed: Image.Image, wanted: Image.Image) -> bool:
    """Whether the paper begins with the picture; below it is what was fed for the cut."""
    dots, expected = np.asarray(printed), np.asarray(wanted)
    return bool((dots[: wanted.height, : wanted.width] == expected).all() and dots[wanted.height :].all())
