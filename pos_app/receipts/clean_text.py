"""Make text that people typed fit for paper: one line, no control codes, only characters that the fonts hold."""

import unicodedata
from functools import cache
from importlib.resources import files

GETA = "〓"
"""The printers' mark for a character that the type does not have."""

_SPACES = frozenset({"Zs", "Zl", "Zp"})
_LINE_CONTROLS = frozenset("\t\n\v\f\r\x85")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})


@cache
def printable_characters() -> frozenset[str]:
    """The characters of the shipped fonts, from ``pos_app/desktop/fonts/characters.txt`` (hexadecimal ranges)."""
    listing = files("pos_app").joinpath("desktop", "fonts", "characters.txt").read_text(encoding="ascii")
    held: set[str] = set()
    for span in listing.split():
        first, _, last = span.partition("-")
        held.update(map(chr, range(int(first, 16), int(last or first, 16) + 1)))
    return frozenset(held)


def clean_text(text: str) -> str:
    """One printable line: C0 and C1 codes (so ESC, GS, FS and DLE too), direction marks, joiners and stray accents go, white
    space of any kind becomes one space, what the fonts cannot draw becomes 〓."""
    held = printable_characters()
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in _SPACES or character in _LINE_CONTROLS:
            kept.append(" ")
        elif category not in _DROPPED:
            kept.append(character if character in held else GETA)
    return " ".join("".join(kept).split())
