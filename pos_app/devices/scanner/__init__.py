"""Scanners that type like a keyboard, typed and pasted codes, and what kind of code a text is. Pure."""

from pos_app.devices.scanner.kinds import CodeKind, what_is_it
from pos_app.devices.scanner.typed import is_mangled, text_of_typed
from pos_app.devices.scanner.wedge import (
    SILENCE_S,
    Damage,
    DigitsScanned,
    Fed,
    Key,
    KeyKind,
    Mangled,
    NotAScan,
    Outcome,
    Scan,
    ScanStarted,
    WedgeRecogniser,
)

__all__ = [
    "SILENCE_S",
    "CodeKind",
    "Damage",
    "DigitsScanned",
    "Fed",
    "Key",
    "KeyKind",
    "Mangled",
    "NotAScan",
    "Outcome",
    "Scan",
    "ScanStarted",
    "WedgeRecogniser",
    "is_mangled",
    "text_of_typed",
    "what_is_it",
]
