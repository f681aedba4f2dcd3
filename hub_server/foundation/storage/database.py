"""Engines and transactions.

One request is one transaction, committed at the edge. On SQLite every writing transaction begins with
BEGIN IMMEDIATE, so it is alone, and the writers of a process queue for it; on PostgreSQL use cases take the
locks they need, all of them within two seconds from the transaction's begin. A wait of over two seconds is
`DatabaseBusy` (SYSTEM_BUSY: nothing was decided, the same key may be tried again).
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hub_server.foundation.storage.locks import LOCK_WAIT_MS
from hub_server.foundation.storage.turns import Turns

_log = logging.getLogger("mps.hub.storage")

MAX_ATTEMPTS = 5
RETRY_BASE_MS = 10
POOL_SIZE = 20
IDLE_MS: Final = 60_000
"""PostgreSQL ends a transaction whose program stands still so long: it would hold its locks for ever, and what it
wrote would appear when nobody reckons with it any more (the audit chain's horizon is well above)."""
STATEMENT_MS: Final = 60_000
"""PostgreSQL cancels a statement of a writing transaction that runs so long; reads and migrations take their time."""
_PG_BUSY = {"55P03", "57014"}  # lock_not_available, query_canceled
_PG_ENDED = "25P03"  # idle_in_transaction_session_timeout
_PG_BEGIN_READING = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = 0"
)
_TOLD = "mps.told"
_PG_RETRY = {"40001": "serialization", "40P01": "deadlock"}

T = TypeVar("T")
Work = Callable[[Connection], T]


class DatabaseBusy(Exception):
    """A lock was not had in time; nothing was written."""


class DatabaseUnreachable(DatabaseBusy):
    """The database does not answer."""


class Database:
    """The hub's database behind one door: `run` for work that writes, `read` for work that does not."""

    def __init__(self, url: str, chance: Callable[[], float] = lambda: 1.0) -> None:
        """Open an engine; nothing connects before the first use. `chance` spreads retries: 0 to 1."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._chance = chance
        self._turns = Turns()
        self._never = threading.Event()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._on_retry: Callable[[str], None] = lambda _cause: None

    def listen(self, subject: str, listener: Callable[[], None]) -> None:
        """Call the listener after each commit of this process that told of the subject (`tell_after_commit`)."""
        self._listeners.setdefault(subject, []).append(listener)

    def tell_retries(self, listener: Callable[[str], None]) -> None:
        """Tell the listener of each transaction that is run again: for a `deadlock`, or `serialization`."""
        self._on_retry = listener

    def run(self, work: Work[T]) -> T:
        """Run the work in one writing transaction and commit; the work may be run again after a deadlock.

        Raises:
            DatabaseBusy: a lock was not had within two seconds, or attempts are used up.
            DatabaseUnreachable: the database does not answer, or went away meanwhile: whether the work was
                committed is not known.
        """
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                with self.transaction() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not _may_retry(error):
                    raise
                _log.info("transaction retried", extra={"attempt": attempt})
                self._on_retry(_PG_RETRY[_sqlstate(error) or ""])
                self._never.wait(self._chance() * RETRY_BASE_MS * 2**attempt / 1000)
        raise DatabaseBusy("attempts used up")

    def read(self, work: Work[T]) -> T:
        """Run work that only reads, on one snapshot.

        Raises:
            DatabaseBusy, DatabaseUnreachable: as `run`.
        """
        begin = "BEGIN" if self.is_sqlite else _PG_BEGIN_READING
        with _translated(), self.engine.connect() as connection:
            connection.exec_driver_sql(begin)
            result = work(connection)
            connection.rollback()
            return result

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end, rolled back on any exception.

        Raises:
            DatabaseBusy, DatabaseUnreachable: as `run`.
        """
        with ExitStack() as held:
            held.enter_context(_translated())
            if self.is_sqlite:
                self._await_turn()
                held.callback(self._turns.give_back)
            connection = held.enter_context(self.engine.connect())
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}"))
            connection.info[_TOLD] = told = set[str]()
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
        for subject in told:
            for listener in self._listeners.get(subject, ()):
                listener()

    def _await_turn(self) -> None:
        if not self._turns.take(LOCK_WAIT_MS / 1_000):
            raise DatabaseBusy("too many writers before this one")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def tell_after_commit(connection: Connection, subject: str) -> None:
    """Wake who listens for the subject in this process, once this transaction is committed."""
    connection.info.setdefault(_TOLD, set()).add(subject)


@contextmanager
def _translated() -> Iterator[None]:
    """SQLAlchemy's and the driver's exceptions as ours, where there is something to do about them."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy("no connection free") from error
    except DBAPIError as error:
        if _is_busy(error):
            raise DatabaseBusy("lock not had in time") from error
        if _is_gone(error):
            raise DatabaseUnreachable(str(error.orig)) from error
        raise


def _sqlite_engine(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=sqlite,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": LOCK_WAIT_MS / 1000},
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=LOCK_WAIT_MS / 1000,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _postgresql_engine(url: str) -> Engine:
    # What the address sets comes later and wins.
    own = make_url(url).query.get("options", "")
    options = f"-c idle_in_transaction_session_timeout={IDLE_MS} -c statement_timeout={STATEMENT_MS} {own}"
    return create_engine(
        url,
        connect_args={"options": options.strip()},
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=LOCK_WAIT_MS / 1000,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _is_busy(error: DBAPIError) -> bool:
    if isinstance(error, OperationalError) and "database is locked" in str(error.orig):
        return True
    return _sqlstate(error) in _PG_BUSY


def _may_retry(error: DBAPIError) -> bool:
    return _sqlstate(error) in _PG_RETRY


def _is_gone(error: DBAPIError) -> bool:
    """The connection could not be made, or broke. (SQLite's operational errors are something else.)"""
    if error.connection_invalidated or _sqlstate(error) == _PG_ENDED:
        return True
    is_postgresql = type(error.orig).__module__.startswith("psycopg")
    return is_postgresql and isinstance(error, OperationalError) and _sqlstate(error) is None
