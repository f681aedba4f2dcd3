"""Reads the journal back: at the start what must be quick, the rest beside the work, and all of it once a day."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pos_app.journal import read_back
from pos_app.journal.read_back import JournalDamaged, Prover
from pos_app.storage import Database, Reading, StorageDamaged, StorageError, check_pages
from pos_app.syncing.charge_book import ChargeBook

logger = logging.getLogger("mps.pos.syncing.journal")

PROVED_AT_START: Final = 1_000
"""Entries that are proved before anybody may charge, and all that the hub has not acknowledged: well under 2 s."""
TICK_MS: Final = 10_000
EVERY_MS: Final = 24 * 3_600_000
REST_S: Final = 0.02
"""Between two pages, about as long as one takes: who charges meanwhile does not notice."""


def prove_at_start(database: Database, book: ChargeBook) -> int:
    """Prove what the hub has not acknowledged, and the newest entries in any case; the first entry that was proved.

    Raises:
        JournalDamaged: it does not verify, or is shorter than what the hub acknowledged.
        StorageError: it cannot be read.
    """
    newest = database.read(read_back.head).result() + 1 - PROVED_AT_START
    first = max(0, min(book.hub_copy.facts.verified_through, newest))
    _prover(book).prove(lambda work: database.read(work).result(), first)
    return first


class JournalWatch:
    """One thread; it also has the clock looked at, and the row that shows it."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        book: ChargeBook,
        *,
        proved_from: int,
        on_tick: Callable[[], None],
        on_damage: Callable[[], None],
    ) -> None:
        """`proved_from` is where the start's proof began; `on_damage` hears that nothing is written any more."""
        self._database = database
        self._folder = folder
        self._book = book
        self._on_tick = on_tick
        self._on_damage = on_damage
        self._closing = threading.Event()
        # What the start has proved whole waits for the next day.
        self._due_ms = book.clock.monotonic_ms() + (EVERY_MS if proved_from == 0 else 0)
        self._thread = threading.Thread(target=self._run, name="mps-journal-watch")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Stop; waits at most for one page."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def read_back(self) -> None:
        """The whole file and the whole journal, now; damage makes the terminal read-only."""
        try:
            check_pages(self._folder, lambda: not self._closing.is_set())
            reading = Reading(self._folder)
            try:
                count = _prover(self._book).prove(reading.read, between_pages=self._rest)
            finally:
                reading.close()
        except JournalDamaged as error:
            self._damaged(StorageDamaged(str(error)))
        except StorageDamaged as error:
            self._damaged(error)
        else:
            logger.info("the journal was read back: %d entries", count)

    def _damaged(self, why: StorageDamaged) -> None:
        self._database.make_read_only(why)
        self._on_damage()

    def _rest(self) -> bool:
        return not self._closing.wait(REST_S)

    def _run(self) -> None:
        while not self._closing.wait(TICK_MS / 1000):
            self._on_tick()
            if self._book.clock.monotonic_ms() < self._due_ms:
                continue
            self._due_ms = self._book.clock.monotonic_ms() + EVERY_MS
            try:
                self.read_back()
            except StorageError:
                logger.exception("the journal could not be read back; it is tried again tomorrow")


def _prover(book: ChargeBook) -> Prover:
    facts, own = book.hub_copy.facts, book.journal
    return Prover(
        terminal_id=own.terminal_id,
        verifier=own.verifier,
        hub_keys=facts.keys,
        acknowledged=facts.verified_through,
    )
