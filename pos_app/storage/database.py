"""One thread owns the connection; the others hand it functions and get futures (style.md, Data)."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from queue import SimpleQueue
from typing import Final, TypeVar

import sqlalchemy as sa
from pysqlite3 import dbapi2

from pos_app.storage.errors import (
    NoDatabase,
    OlderDatabase,
    StorageConflict,
    StorageDamaged,
    StorageError,
    StorageFailed,
    StorageFull,
    StorageUnknown,
)
from pos_app.storage.migrations import SCHEMA_VERSION, migrate, schema_version
from pos_app.storage.opening import open_reader, open_writer
from pos_app.storage.write_ahead_log import check_log
from pos_app.storage.write_lock import WriteLock

logger = logging.getLogger("mps.pos.storage")

T = TypeVar("T")
Transaction = sa.Connection
"""The connection inside a transaction: what a room's queries take, and nobody else looks into."""
Work = Callable[[Transaction], T]
"""What runs on the connection's thread, inside one transaction."""
FILE_NAME: Final = "terminal.db"
CHECKED_AT_ONCE: Final = 64 << 20
"""Bytes that SQLite looks through well within a second: the journal of months at most counters."""
_STEPS: Final = 20_000
"""Of SQLite's machine, between two questions whether a long check goes on."""
_DAMAGE: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})


class Database:
    """The data directory's database, open for writing; one program at a time."""

    def __init__(self, folder: Path) -> None:
        """Lock the directory, open the file, bring its schema up to date.

        Raises:
            DataDirectoryInUse: another program writes here.
            NewerDatabase: a newer program wrote it.
            StorageDamaged: not a sound database.
            StorageFailed: it cannot be created or opened.
        """
        self._path = folder / FILE_NAME
        self._jobs: SimpleQueue[Callable[[sa.Connection], None] | None] = SimpleQueue()
        self._broken: StorageError | None = None
        self._why_read_only: StorageError | None = None
        self._landed = 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = WriteLock(folder / "terminal.lock")
        opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(opened,), name="mps-storage")
        self._thread.start()
        try:
            opened.result()
        except BaseException:
            self._thread.join()
            self._lock.release()
            raise

    def write(self, work: Work[T]) -> Future[T]:
        """Run `work` in a transaction begun with BEGIN IMMEDIATE; done means committed and durable.

        The future raises what `work` raises (nothing is written then), `StorageFailed` (`StorageFull` where there is
        no room), `StorageUnknown`, or `StorageDamaged` once damage was found.
        """
        return self._hand_over(work, self._write)

    @property
    def why_read_only(self) -> StorageError | None:
        """The damage for which nothing is written any more (faults.md 5); None while all is well."""
        return self._why_read_only

    def make_read_only(self, why: StorageDamaged) -> None:
        """Damage was found: nothing is appended after it; reading goes on, so that what verifies can be carried out."""
        if self._why_read_only is None:
            logger.error("nothing is written any more: %s", why)
            self._why_read_only = why

    def read(self, work: Work[T]) -> Future[T]:
        """Run `work` in a transaction that sees one state and writes nothing."""
        return self._hand_over(work, self._read)

    def close(self) -> None:
        """Finish what was handed over, close the file, release the lock."""
        self._jobs.put(None)
        self._thread.join()
        self._lock.release()

    def _hand_over(self, work: Work[T], run: Callable[[sa.Connection, Work[T]], T]) -> Future[T]:
        future: Future[T] = Future()

        def job(connection: sa.Connection) -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                if self._broken is not None:
                    raise self._broken
                future.set_result(run(connection, work))
            except InvalidStateError:
                raise
            except StorageDamaged as error:
                self.make_read_only(error)
                future.set_exception(error)
            # The thread's boundary: whoever waits for the future gets the error, whatever it is.
            except BaseException as error:  # noqa: BLE001
                future.set_exception(error)

        self._jobs.put(job)
        return future

    def _run(self, opened: Future[None]) -> None:
        try:
            check_log(self._path)
            self._connection = open_writer(self._path)
            migrate(self._connection)
            self._check()
            self._landed = _marks(self._connection)
        except sa.exc.DBAPIError as error:
            opened.set_exception(_translated(error))
            return
        except BaseException as error:  # noqa: BLE001
            # Whoever opens waits for this thread: an error that died here would leave them waiting for ever.
            opened.set_exception(error)
            return
        opened.set_result(None)
        while (job := self._jobs.get()) is not None:
            job(self._connection)
        self._connection.close()

    def _check(self) -> None:
        """A small file is looked through at once; a large one beside the work, later (`check_pages`)."""
        if self._path.stat().st_size > CHECKED_AT_ONCE:
            return
        wrong = self._connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if wrong != "ok":
            raise StorageDamaged(str(wrong))

    def _read(self, connection: sa.Connection, work: Work[T]) -> T:
        try:
            connection.exec_driver_sql("BEGIN")
            return work(connection)
        except sa.exc.DBAPIError as error:
            raise _translated(error) from error
        finally:
            _roll_back(connection)

    def _write(self, connection: sa.Connection, work: Work[T]) -> T:
        if self._why_read_only is not None:
            raise self._why_read_only
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            result = work(connection)
            # The mark is what a failed COMMIT is looked up by.
            connection.exec_driver_sql("UPDATE commit_mark SET number = ?", (self._landed + 1,))
        except sa.exc.IntegrityError as error:
            _roll_back(connection)
            raise StorageConflict(str(error.orig)) from error
        except sa.exc.DBAPIError as error:
            _roll_back(connection)
            raise _translated(error) from error
        except BaseException:
            _roll_back(connection)
            raise
        try:
            connection.exec_driver_sql("COMMIT")
        except sa.exc.DBAPIError as error:
            self._look(error)
        self._landed += 1
        return result

    def _look(self, failed: sa.exc.DBAPIError) -> None:
        """A COMMIT that fails is unknown, not no: close, reopen, look (protocol.md 4).

        Returns when the transaction is there after all and is on disk.
        """
        logger.error("a COMMIT failed (%s): opening the database again to look", failed.orig)
        try:
            self._connection.close()
            self._connection = open_writer(self._path)
            there = _marks(self._connection) > self._landed
            if there:
                # The pages can be in the operating system's memory alone: only a sync that works makes them durable.
                self._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except sa.exc.DBAPIError as error:
            self._broken = StorageUnknown(str(error.orig))
            raise self._broken from error
        if not there:
            raise _translated(failed) from failed


class Reading:
    """The same file, read by a program that may not write (`status`, `doctor`, `journal …`)."""

    def __init__(self, folder: Path) -> None:
        """Open read-only.

        Raises:
            NoDatabase: there is none here.
            NewerDatabase, OlderDatabase: not this program's schema.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            raise NoDatabase(f"no terminal in {folder}")
        try:
            self._connection = open_reader(path)
            if schema_version(self._connection) < SCHEMA_VERSION:
                raise OlderDatabase("start the terminal once: its database must be brought up to date")
        except sa.exc.DBAPIError as error:
            raise _translated(error) from error

    def read(self, work: Work[T]) -> T:
        """Run `work` in one transaction.

        Raises:
            StorageDamaged, StorageFailed: the file cannot be read.
        """
        try:
            self._connection.exec_driver_sql("BEGIN")
            return work(self._connection)
        except sa.exc.DBAPIError as error:
            raise _translated(error) from error
        finally:
            _roll_back(self._connection)

    def look_through(self, goes_on: Callable[[], bool]) -> str | None:
        """SQLite's own check of every page: `ok`, or the first thing that is wrong; None where it was ended early."""
        driver = self._connection.connection.dbapi_connection
        if isinstance(driver, dbapi2.Connection):
            driver.set_progress_handler(lambda: not goes_on(), _STEPS)
        try:
            return str(self.read(lambda tx: tx.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()))
        except StorageFailed:
            if goes_on():
                raise
            return None
        finally:
            if isinstance(driver, dbapi2.Connection):
                driver.set_progress_handler(None, 0)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def check_pages(folder: Path, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Look through the whole file beside the program that writes to it: seconds for a gigabyte, and no lock held.

    It ends early where `goes_on`, which is asked often, returns False.

    Raises:
        StorageDamaged: it is not sound.
        NoDatabase, StorageFailed: it cannot be read.
    """
    reading = Reading(folder)
    try:
        wrong = reading.look_through(goes_on)
    finally:
        reading.close()
    if wrong is not None and wrong != "ok":
        raise StorageDamaged(wrong)


def _marks(connection: sa.Connection) -> int:
    number: int = connection.exec_driver_sql("SELECT number FROM commit_mark").scalar_one()
    return number


def _roll_back(connection: sa.Connection) -> None:
    driver = connection.connection.dbapi_connection
    if isinstance(driver, dbapi2.Connection) and driver.in_transaction:
        try:
            connection.exec_driver_sql("ROLLBACK")
        except sa.exc.DBAPIError as error:
            logger.warning("ROLLBACK failed (%s); SQLite has rolled back by itself", error.orig)


def _translated(error: sa.exc.DBAPIError) -> StorageError:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if name.startswith(tuple(_DAMAGE)):
        return StorageDamaged(str(error.orig))
    return StorageFull(str(error.orig)) if name == "SQLITE_FULL" else StorageFailed(str(error.orig))
