"""What can still be read of a journal whose file is damaged (faults.md 5): row by row, and out of the file's own bytes.

Nothing is written, and nothing is believed: whoever asks verifies each text by its signature.
"""

import mmap
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from pos_app.journal.tables import charges, decisions, entries, waiting_entries
from pos_app.storage import StorageError, Transaction

PAGE: Final = 200
Read = Callable[[Callable[[Transaction], Any]], Any]
"""Runs one piece of work in a transaction of its own and waits for it."""
# An entry's text as it stands in a page: three parts, the last the 64 bytes of a signature. The next column begins without
# a gap, so its length is what ends it. One that spills over its page is not found.
_COMPACT: Final = re.compile(rb"eyJ[A-Za-z0-9_-]{20,400}\.[A-Za-z0-9_-]{20,4000}\.[A-Za-z0-9_-]{86}")


@dataclass(frozen=True, slots=True)
class Found:
    """One place of the journal: the entry's text and its decision's, as far as they can be read."""

    seq: int
    jws: str | None
    decision: str | None


def last_known(read: Read) -> int:
    """The greatest number that any table tells of; −1 where none can be read."""
    columns = (entries.c.seq, decisions.c.seq, waiting_entries.c.seq, charges.c.seq)
    found = [_ask(read, sa.select(sa.func.max(column))) for column in columns]
    return max((one for one in found if isinstance(one, int)), default=-1)


def last_decision(read: Read) -> str | None:
    """The decision of the greatest number, where it can be read."""
    found = _ask(read, sa.select(decisions.c.jws).order_by(decisions.c.seq.desc()).limit(1))
    return found if isinstance(found, str) else None


def rows(read: Read, last: int) -> Iterator[Found]:
    """Every place from 0 to `last`, also those where nothing can be read. A page at a time, so that memory stays flat."""
    for first in range(0, last + 1, PAGE):
        numbers = range(first, min(first + PAGE, last + 1))
        try:
            whole = read(partial(_page, numbers=numbers))
        except StorageError:
            # A page of the file is bad: its neighbours need not be.
            whole = {seq: _one(read, seq) for seq in numbers}
        for seq in numbers:
            yield whole.get(seq, Found(seq, None, None))


def nothing(last: int) -> Iterator[Found]:
    """The same places where there is no database to ask."""
    return (Found(seq, None, None) for seq in range(last + 1))


def texts_in(file: Path) -> Iterator[str]:
    """Everything in a file's bytes that has the form of an entry, in whatever order."""
    if not file.is_file() or file.stat().st_size == 0:
        return
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(b"eyJ")
        while at >= 0:
            match = _COMPACT.match(content, at)
            if match is not None:
                yield match.group().decode("ascii")
            at = content.find(b"eyJ", at + 1)


def _page(tx: Transaction, numbers: range) -> dict[int, Found]:
    query = (
        sa.select(entries.c.seq, entries.c.jws, decisions.c.jws)
        .outerjoin(decisions, decisions.c.seq == entries.c.seq)
        .where(entries.c.seq.between(numbers.start, numbers.stop - 1))
    )
    return {seq: Found(seq, jws, decision) for seq, jws, decision in tx.execute(query)}


def _one(read: Read, seq: int) -> Found:
    jws = _ask(read, sa.select(entries.c.jws).where(entries.c.seq == seq))
    decision = _ask(read, sa.select(decisions.c.jws).where(decisions.c.seq == seq))
    return Found(seq, jws if isinstance(jws, str) else None, decision if isinstance(decision, str) else None)


def _ask(read: Read, query: sa.Select[Any]) -> object:
    try:
        return read(lambda tx: tx.execute(query).scalar())
    except StorageError:
        return None  # it cannot be read, which is what is being found out
