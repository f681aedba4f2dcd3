"""Looks at SQLite's write-ahead log before SQLite does, which passes over what is damaged in it without a word.

SQLite ends the log at the first frame whose checksum is wrong, and what was committed after it is gone: a log that a
power cut tore looks the same there, and rightly ends there. But every commit is synced before the next one is written
(protocol.md 4): a bad frame with another transaction behind its own was whole once, and what it held is lost now
(faults.md 5). The file's form: sqlite.org/fileformat2.html, The Write-Ahead Log.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from pos_app.storage.errors import StorageDamaged

_HEAD: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_CHECKED_OF_FRAME: Final = 8
_CHECKED_OF_HEAD: Final = 24
_LITTLE, _BIG = 0x377F0682, 0x377F0683
_SMALLEST_PAGE, _LARGEST_PAGE = 512, 65_536
_WORD: Final = 0xFFFF_FFFF

_Sums = tuple[int, int]


def check_log(database: Path) -> None:
    """Read the log beside a database that nobody has open; changes nothing. A missing or empty one is sound.

    Raises:
        StorageDamaged: something that was committed in it is lost.
    """
    log = database.with_name(database.name + "-wal")
    if not log.is_file():
        return
    with log.open("rb") as file:
        head = file.read(_HEAD.size)
        body = log.stat().st_size - len(head)
        if body <= 0:
            return
        magic, _, page_size, _, salt_1, salt_2, *told = _HEAD.unpack(head)
        sums = _summed(head[:_CHECKED_OF_HEAD], (0, 0), is_big=magic == _BIG)
        is_sound = magic in (_LITTLE, _BIG) and _SMALLEST_PAGE <= page_size <= _LARGEST_PAGE
        if not is_sound or sums != tuple(told):
            raise StorageDamaged("the write-ahead log's head is damaged")
        lost = _lost_after(file, page_size, (salt_1, salt_2), sums, is_big=magic == _BIG)
    if lost is not None:
        raise StorageDamaged(f"frame {lost} of the write-ahead log is damaged, and commits follow it")


def _lost_after(
    file: BinaryIO, page_size: int, salt: tuple[int, int], sums: _Sums, *, is_big: bool
) -> int | None:
    """The first bad frame, if a transaction after its own was begun."""
    bad: int | None = None
    is_over = False
    for number, (head, page) in enumerate(_frames(file, page_size)):
        _, pages_after_commit, *rest = _FRAME.unpack(head)
        is_of_this_log = (rest[0], rest[1]) == salt
        if bad is None:
            sums = _summed(head[:_CHECKED_OF_FRAME] + page, sums, is_big=is_big)
            if is_of_this_log and sums == (rest[2], rest[3]):
                continue
            bad = number
        if not is_of_this_log:
            continue
        if is_over:
            return bad
        is_over = pages_after_commit != 0
    return None


def _frames(file: BinaryIO, page_size: int) -> Iterator[tuple[bytes, bytes]]:
    while len(head := file.read(_FRAME.size)) == _FRAME.size:
        page = file.read(page_size)
        if len(page) < page_size:
            return
        yield head, page


def _summed(content: bytes, sums: _Sums, *, is_big: bool) -> _Sums:
    words = array("I", content)
    if is_big is (sys.byteorder == "little"):
        words.byteswap()
    first, second = sums
    for at in range(0, len(words), 2):
        first = (first + words[at] + second) & _WORD
        second = (second + words[at + 1] + first) & _WORD
    return first, second
