"""The photographs of codes with their true texts, and what single decoders make of a picture by themselves."""

import base64
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import zxingcpp
from pyzbar import pyzbar

from pos_app.devices.camera.port import Picture

PHOTOGRAPHS: Final = Path(__file__).resolve().parent.parent / "photographs"


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture file and the text that its code holds."""

    path: Path
    text: str


def photographs() -> list[Photograph]:
    """All photographs, in the manifest's order."""
    with (PHOTOGRAPHS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return [
            Photograph(PHOTOGRAPHS / row["file"], base64.b64decode(row["expected_text_utf8_base64"]).decode())
            for row in csv.DictReader(file)
        ]


def zxing_reads(grey: Picture) -> list[str]:
    """What zxing-cpp alone reads, asked for QR codes only, as well as it can."""
    codes = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [code.text for code in codes]


def pyzbar_reads(grey: Picture) -> list[str]:
    """What pyzbar alone reads, as its own `decode` gives it: wrong texts included."""
    codes = pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("utf-8", "replace") for code in codes]


def opencv_reads(grey: Picture) -> list[str]:
    """What OpenCV's own detector alone reads."""
    try:
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(grey)
    except (cv2.error, UnicodeDecodeError):
        return []  # it raises on some pictures: read nothing
    return [text] if text else []
