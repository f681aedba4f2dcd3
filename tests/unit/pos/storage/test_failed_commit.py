"""A COMMIT that answers with an error is unknown, not no: close, reopen, look (protocol.md 4)."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
import sqlalchemy as sa
from pysqlite3 import dbapi2

from pos_app.storage import Database, StorageUnknown, Transaction
from pos_app.storage.errors import StorageFailed
from tests.log_rules import ExpectedLogs

ENTRY = "INSERT INTO entries VALUES (?, ?, 'jws', ?, ?, 'genesis', 'at', 'contact', NULL, NULL)"


class Fault(Enum):
    """What the disk does to the next COMMIT."""

    NONE = "none"
    ERROR_AND_NOT_THERE = "error and not there"
    ERROR_THOUGH_THERE = "error though there"
    GONE = "gone"


class Disk:
    """Stands between SQLAlchemy and the real SQLite underneath it."""

    def __init__(self) -> None:
        self.fault = Fault.NONE

    def execute(
        self, cursor: dbapi2.Cursor, statement: str, _parameters: object, _context: object
    ) -> bool | None:
        if self.fault is Fault.GONE and (statement == "COMMIT" or statement.startswith("PRAGMA journal")):
            raise dbapi2.OperationalError("disk I/O error")
        if statement == "COMMIT" and self.fault is not Fault.NONE:
            is_there, self.fault = self.fault is Fault.ERROR_THOUGH_THERE, Fault.NONE
            if is_there:
                cursor.execute("COMMIT")
            raise dbapi2.OperationalError("disk I/O error")
        return None


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    sa.event.listen(sa.engine.Engine, "do_execute", made.execute)
    yield made
    sa.event.remove(sa.engine.Engine, "do_execute", made.execute)


@pytest.fixture
def database(disk: Disk, tmp_path: Path, expected_logs: ExpectedLogs) -> Iterator[Database]:
    expected_logs.allow("mps.pos.storage", "a COMMIT failed")
    made = Database(tmp_path)
    made.write(lambda tx: _append(tx, 0)).result()
    yield made
    disk.fault = Fault.NONE
    made.close()


def _append(tx: Transaction, seq: int) -> str:
    tx.exec_driver_sql(ENTRY, (seq, f"id-{seq}", f"hash-{seq}", f"hash-{seq - 1}" if seq else "first"))
    return f"entry {seq}"


def _seqs(database: Database) -> list[int]:
    found = database.read(lambda tx: tx.exec_driver_sql("SELECT seq FROM entries").scalars().all())
    return list(found.result())


def test_a_row_that_is_there_though_its_commit_answered_with_an_error_is_written(
    disk: Disk, database: Database
) -> None:
    disk.fault = Fault.ERROR_THOUGH_THERE
    assert database.write(lambda tx: _append(tx, 1)).result() == "entry 1"
    assert _seqs(database) == [0, 1]


def test_a_row_that_is_not_there_was_not_written_and_the_next_one_takes_its_place(
    disk: Disk, database: Database
) -> None:
    disk.fault = Fault.ERROR_AND_NOT_THERE
    with pytest.raises(StorageFailed):
        database.write(lambda tx: _append(tx, 1)).result()
    assert _seqs(database) == [0]
    assert database.write(lambda tx: _append(tx, 1)).result() == "entry 1"
    assert _seqs(database) == [0, 1]


def test_where_nobody_can_look_the_outcome_is_unknown_and_nothing_more_is_written(
    disk: Disk, database: Database
) -> None:
    disk.fault = Fault.GONE
    with pytest.raises(StorageUnknown):
        database.write(lambda tx: _append(tx, 1)).result()
    disk.fault = Fault.NONE
    with pytest.raises(StorageUnknown):
        database.write(lambda tx: _append(tx, 1)).result()
