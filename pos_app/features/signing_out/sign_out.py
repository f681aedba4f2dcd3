"""Whether a terminal may be left: nothing unsent, or all of it proven to be in a file that somebody carries."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pos_app.hub_copy import HubFacts, rows
from pos_app.hub_copy.hub_copy import NotEnrolled
from pos_app.journal import journal, waiting
from pos_app.storage import Database, Transaction
from shared.journal_export import ExportNotProven, prove_export, read_export

logger = logging.getLogger("mps.pos.signing_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What stands against leaving.

    Attributes:
        waiting: entries that the hub has not answered, or must hear again.
        oldest_at: since when.
        last_seq: the end of the journal.
    """

    terminal_id: str
    terminal_no: str
    waiting: int
    oldest_at: datetime | None
    last_seq: int


class NotCarried(Exception):
    """The file does not hold the whole of this terminal's journal; the text says why."""


def look(folder: Path) -> Leaving:
    """What waits, in a data directory that no other program uses.

    Raises:
        NotEnrolled: there is no terminal here.
        DataDirectoryInUse, NewerDatabase, StorageError: see `Database`.
    """
    database = Database(folder)
    try:
        return database.read(_look).result()
    finally:
        database.close()


def _look(tx: Transaction) -> Leaving:
    facts: HubFacts | None = rows.read_facts(tx)
    if facts is None:
        raise NotEnrolled
    queue, last = waiting.queue(tx), journal.tail(tx)
    return Leaving(
        terminal_id=facts.terminal_id,
        terminal_no=facts.terminal_no,
        waiting=queue.depth,
        oldest_at=queue.oldest_at,
        last_seq=last.seq if last is not None else -1,
    )


def prove_carried(leaving: Leaving, file: Path) -> None:
    """Make sure that a file holds this journal to its last entry, so that what waits is not lost with the machine.

    Raises:
        NotCarried: it is another's, older than the journal, or does not verify.
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        try:
            export = read_export(opened)
            proof = prove_export(export, export.header.jwks.hub_keys())
        except ExportNotProven as error:
            raise NotCarried(str(error)) from error
    if proof.terminal_id != leaving.terminal_id:
        raise NotCarried("it is another terminal's")
    if proof.entries != leaving.last_seq + 1:
        raise NotCarried(f"it ends before entry {leaving.last_seq}")
