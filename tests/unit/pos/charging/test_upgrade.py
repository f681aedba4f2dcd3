"""A newer program opens what an older one left, with entries unsent: nothing is lost, however often it is interrupted."""

import sqlite3
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos_app.features.charging.outcomes import PaidOffline
from pos_app.journal import read_back
from pos_app.journal.states import ChargeState
from pos_app.storage import NewerDatabase, OlderDatabase, Reading
from pos_app.storage.database import FILE_NAME
from pos_app.storage.migrations import MIGRATIONS, SCHEMA_VERSION
from tests.unit.pos.charging.counter import Counter, open_terminal

TABLES = (
    "entries",
    "decisions",
    "unsigned_answers",
    "charges",
    "shifts",
    "hub_facts",
    "policies",
    "pin_attempts",
)


def made_older(folder: Path) -> None:
    """The same terminal as the first version would have left it."""
    now, older = folder / FILE_NAME, folder / "older.db"
    connection = dbapi2.connect(str(older), isolation_level=None)
    for statement in MIGRATIONS[0]:
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 1")
    connection.execute("ATTACH ? AS now", (str(now),))
    for table in TABLES:
        names = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
        connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table} ORDER BY 1")
    connection.close()
    for ending in ("-wal", "-shm"):
        (folder / (FILE_NAME + ending)).unlink(missing_ok=True)
    older.replace(now)


def interrupted(folder: Path, statements: int) -> None:
    """The second step's first statements, and then the power goes."""
    connection = dbapi2.connect(str(folder / FILE_NAME), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    for statement in MIGRATIONS[1][:statements]:
        connection.execute(statement)
    connection.close()


def test_unsent_entries_survive_an_upgrade_that_is_interrupted_at_each_statement(counter: Counter) -> None:
    counter.charge()
    counter.drain()
    counter.cut()
    offline = counter.charge()
    assert isinstance(offline, PaidOffline)
    head, depth = counter.terminal.database.read(read_back.head).result(), counter.depth()
    counter.terminal.close()
    made_older(counter.folder)
    with pytest.raises(OlderDatabase):
        Reading(counter.folder)
    for statements in range(len(MIGRATIONS[1]) + 1):
        interrupted(counter.folder, statements)
    counter.terminal = open_terminal(counter.folder, counter.clock, counter.hub)
    assert counter.terminal.database.read(read_back.head).result() == head
    assert counter.depth() == depth
    assert counter.state(offline) is ChargeState.ADVISED
    counter.mend()
    counter.let_pass(120_000)
    counter.drain()
    assert counter.depth() == 0
    assert counter.state(offline) is ChargeState.SETTLED


def test_an_older_program_refuses_a_newer_journal_and_leaves_every_byte(counter: Counter) -> None:
    counter.charge()
    counter.terminal.close()
    file = counter.folder / FILE_NAME
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(NewerDatabase):
        open_terminal(counter.folder, counter.clock, counter.hub)
    assert file.read_bytes() == before
    connection = sqlite3.connect(file)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.close()
    counter.terminal = open_terminal(counter.folder, counter.clock, counter.hub)
