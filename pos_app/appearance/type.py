"""Noto Sans TC, regular and bold, loaded from the files that travel with the terminal; figures of one width."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from pos_app.appearance.sizes import BODY

FAMILY = "Noto Sans TC"
_FONTS = Path(__file__).resolve().parent.parent / "desktop" / "fonts"
_FILES = ("NotoSansTC-Regular.ttf", "NotoSansTC-Bold.ttf")


class FontsMissing(Exception):
    """The terminal's own font files are not there or cannot be read; without them Chinese may be boxes."""


def load_fonts() -> None:
    """Make the family known to the running application. Repeating it does nothing.

    Raises:
        FontsMissing: a file is missing or is no font.
    """
    if FAMILY in QFontDatabase.families():
        return
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(_FONTS / name)) < 0:
            raise FontsMissing(name)


def font(pixels: int, *, bold: bool = False) -> QFont:
    """The terminal's type at a size in pixels. Noto's figures are tabular by themselves."""
    made = QFont(FAMILY)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    return made


def body_font() -> QFont:
    """The size of ordinary sentences."""
    return font(BODY)
