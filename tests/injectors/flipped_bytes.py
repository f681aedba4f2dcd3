"""Bytes of a file that are other than they were written (faults.md 5)."""

from pathlib import Path
from typing import Final

_LOWEST_BIT: Final = 1
_WAL_HEAD: Final = 32
_FRAME_HEAD: Final = 24
_PAGE_SIZE_AT: Final = slice(8, 12)
_COMMIT_AT: Final = slice(4, 8)


def flip(path: Path, at: int) -> None:
    """The lowest bit of one byte: text stays text."""
    with path.open("r+b") as file:
        file.seek(at)
        [byte] = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ _LOWEST_BIT]))


def places_of(path: Path, wanted: bytes) -> list[int]:
    """Where these bytes stand in a file."""
    content = path.read_bytes()
    found, at = [], content.find(wanted)
    while at >= 0:
        found.append(at)
        at = content.find(wanted, at + 1)
    return found


def commits_in_wal(wal: Path) -> list[int]:
    """Where, in a SQLite write-ahead log, the last frame of each transaction begins."""
    content = wal.read_bytes()
    step = _FRAME_HEAD + int.from_bytes(content[_PAGE_SIZE_AT])
    frames = range(_WAL_HEAD, len(content) - step + 1, step)
    salt = content[16:24]
    return [
        at for at in frames if content[at + 8 : at + 16] == salt and any(content[at : at + 8][_COMMIT_AT])
    ]
