"""The one database file: one writer, no newer schema, an append-only chain held by the schema itself."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from pysqlite3 import dbapi2

from pos_app.hub_copy.tables import metadata as hub_tables
from pos_app.journal.tables import metadata as journal_tables
from pos_app.storage import (
    Database,
    DataDirectoryInUse,
    NewerDatabase,
    NoDatabase,
    Reading,
    StorageConflict,
    StorageDamaged,
    Transaction,
)

ENTRY = "INSERT INTO entries VALUES (?, ?, 'jws', ?, ?, 'genesis', 'at', 'contact', NULL, NULL)"


def _append(tx: Transaction, seq: int, prev: str) -> None:
    tx.exec_driver_sql(ENTRY, (seq, f"id-{seq}", f"hash-{seq}", prev))


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.write(lambda tx: _append(tx, 0, "first")).result()
    with pytest.raises(DataDirectoryInUse):
        Database(tmp_path)
    reading = Reading(tmp_path)
    count = reading.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM entries").scalar_one())
    assert count == 1
    reading.close()
    database.close()


def test_after_closing_another_program_may_write(tmp_path: Path) -> None:
    Database(tmp_path).close()
    Database(tmp_path).close()


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Database(tmp_path).close()
    connection = dbapi2.connect(str(tmp_path / "terminal.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NewerDatabase):
        Database(tmp_path)
    with pytest.raises(NewerDatabase):
        Reading(tmp_path)


def test_a_directory_without_a_terminal_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        Reading(tmp_path)


def test_a_file_that_is_no_database_is_named_damaged(tmp_path: Path) -> None:
    (tmp_path / "terminal.db").write_bytes(b"nothing that SQLite wrote" * 200)
    with pytest.raises(StorageDamaged):
        Database(tmp_path)


@pytest.mark.parametrize(
    "statement",
    [
        ENTRY.replace("?, ?, 'jws', ?, ?", "2, 'id-2', 'jws', 'hash-2', 'hash-0'"),
        ENTRY.replace("?, ?, 'jws', ?, ?", "1, 'id-1', 'jws', 'hash-1', 'another'"),
        ENTRY.replace("?, ?, 'jws', ?, ?", "1, 'id-0', 'jws', 'hash-1', 'hash-0'"),
        "UPDATE entries SET jws = 'another'",
        "DELETE FROM entries",
    ],
    ids=["a gap", "not chained", "an id twice", "a change", "a removal"],
)
def test_the_schema_refuses_what_breaks_the_chain(tmp_path: Path, statement: str) -> None:
    database = Database(tmp_path)
    database.write(lambda tx: _append(tx, 0, "first")).result()
    with pytest.raises(StorageConflict):
        database.write(lambda tx: tx.exec_driver_sql(statement)).result()
    rows = database.read(lambda tx: tx.exec_driver_sql("SELECT seq, jws FROM entries").all()).result()
    assert [tuple(row) for row in rows] == [(0, "jws")]
    database.close()


def test_what_raises_inside_a_transaction_writes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path)

    def half(tx: Transaction) -> None:
        _append(tx, 0, "first")
        raise LookupError("halfway")

    with pytest.raises(LookupError):
        database.write(half).result()
    assert (
        database.read(lambda tx: tx.exec_driver_sql("SELECT count(*) FROM entries").scalar_one()).result()
        == 0
    )
    database.close()


def test_commits_are_synchronous_and_in_a_write_ahead_log(tmp_path: Path) -> None:
    database = Database(tmp_path)
    modes = database.read(
        lambda tx: [
            tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("journal_mode", "synchronous")
        ]
    ).result()
    assert modes == ["wal", 2]
    database.close()


def test_the_tables_are_as_the_migrations_leave_them(tmp_path: Path) -> None:
    database = Database(tmp_path)

    def columns(tx: Transaction) -> dict[str, list[str]]:
        names = [*journal_tables.tables, *hub_tables.tables]
        return {name: [column["name"] for column in sa.inspect(tx).get_columns(name)] for name in names}

    found = database.read(columns).result()
    expected = {
        name: [column.name for column in table.columns]
        for tables in (journal_tables, hub_tables)
        for name, table in tables.tables.items()
    }
    assert found == expected
    database.close()
