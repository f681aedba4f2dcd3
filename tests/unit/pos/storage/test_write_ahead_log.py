"""Damage in the write-ahead log is told from a log that a power cut tore (faults.md 5)."""

import shutil
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos_app.storage import StorageDamaged
from pos_app.storage.write_ahead_log import check_log
from tests.injectors.flipped_bytes import commits_in_wal, flip

LOG = "terminal.db-wal"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """As a killed program leaves it: four transactions in the log, none in the file yet."""
    live = tmp_path / "live"
    live.mkdir()
    connection = dbapi2.connect(str(live / "terminal.db"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE rows (text TEXT)")
    for number in range(3):
        connection.execute("INSERT INTO rows VALUES (?)", (str(number) * 5_000,))
    left = tmp_path / "left"
    shutil.copytree(live, left)
    connection.close()
    return left / "terminal.db"


def test_a_log_as_it_was_written_is_sound(database: Path) -> None:
    check_log(database)
    assert len(commits_in_wal(database.with_name(LOG))) == 4


def test_a_missing_and_an_empty_log_are_sound(database: Path) -> None:
    database.with_name(LOG).write_bytes(b"")
    check_log(database)
    database.with_name(LOG).unlink()
    check_log(database)


@pytest.mark.parametrize("commit", range(3))
def test_a_flipped_byte_with_a_commit_behind_it_is_found(database: Path, commit: int) -> None:
    log = database.with_name(LOG)
    for at in (4, 30, 3_000):  # in the head, at the page's beginning, in its middle
        place = commits_in_wal(log)[commit] + at
        flip(log, place)
        with pytest.raises(StorageDamaged):
            check_log(database)
        flip(log, place)
    check_log(database)


def test_a_flipped_byte_of_the_head_is_found(database: Path) -> None:
    flip(database.with_name(LOG), 20)
    with pytest.raises(StorageDamaged):
        check_log(database)


def test_a_last_transaction_that_a_power_cut_tore_is_no_damage(database: Path) -> None:
    log = database.with_name(LOG)
    whole = log.read_bytes()
    last = commits_in_wal(log)[-1]
    for torn in (whole[: last + 500], whole[:last] + bytes(len(whole) - last), whole[:-1]):
        log.write_bytes(torn)
        check_log(database)
    log.write_bytes(whole)
    flip(log, last + 3_000)
    check_log(database)


def test_what_an_older_log_left_behind_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE rows (text TEXT)")
    for number in range(5):
        connection.execute("INSERT INTO rows VALUES (?)", (str(number) * 5_000,))
    connection.execute("PRAGMA wal_checkpoint(RESTART)")
    connection.execute("INSERT INTO rows VALUES ('new')")
    check_log(path)
    connection.close()
