"""QR codes as pixels, and a payment code's form where only its length and alphabet matter."""

import random
from typing import Final

import numpy as np
import qrcode
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
PAYMENT_CODE_CHARS: Final = 305
"""protocol.md 2: "about 305 characters: version 10 at ECC M"."""


def text_like_a_payment_code(seed: int = 1, chars: int = PAYMENT_CODE_CHARS) -> str:
    """Text of a payment code's form; no hub signed it. It neither begins nor ends with a space, as real ones."""
    draw = random.Random(seed)
    body = "".join(draw.choice(BASE45) for _ in range(chars - len("MPS1:") - 2))
    return f"MPS1:A{body}0"


def qr_pixels(
    text: str | bytes,
    module_px: int = 6,
    *,
    dark_mode: bool = False,
    quiet_modules: int = 4,
    correction: int = qrcode.constants.ERROR_CORRECT_M,
) -> Pixels:
    """A QR code drawn dark on light, or light on dark as a phone in dark mode may show it."""
    code = qrcode.QRCode(error_correction=correction, box_size=module_px, border=quiet_modules)
    code.add_data(text)
    code.make(fit=True)
    modules = np.array(code.get_matrix(), dtype=np.uint8)
    grey = (modules if dark_mode else 1 - modules) * np.uint8(255)
    return np.kron(grey, np.ones((module_px, module_px), dtype=np.uint8)).astype(np.uint8)
