"""Opening the SQLite file: the settings that make a COMMIT durable (protocol.md 4; stack.md, SQLite)."""

import os
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from pysqlite3 import dbapi2

BUSY_TIMEOUT_MS = 2_000
SYNCHRONOUS: Final = "MPS_SQLITE_SYNCHRONOUS"
"""Heard by a test build alone (`MPS_TEST_BUILD=1`): NORMAL shows that the test of lost power bites (faults.md 4)."""


def open_writer(path: Path) -> sa.Connection:
    """The one connection that writes. SQLite comes with pysqlite3: the system's own may lose a WAL."""
    connection = _engine(f"sqlite:///{path}").connect()
    connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    connection.exec_driver_sql(f"PRAGMA synchronous = {_synchronous()}")
    _settle(connection)
    return connection


def open_reader(path: Path) -> sa.Connection:
    """A connection that cannot write, for programs that look while another one works."""
    connection = _engine(f"sqlite:///file:{path}?mode=ro&uri=true").connect()
    _settle(connection)
    return connection


def _synchronous() -> str:
    is_control = os.environ.get("MPS_TEST_BUILD") == "1" and os.environ.get(SYNCHRONOUS) == "NORMAL"
    return "NORMAL" if is_control else "FULL"


def _engine(url: str) -> sa.Engine:
    # AUTOCOMMIT is the driver's `isolation_level=None`: transactions begin and end where `Database` says, nowhere else.
    return sa.create_engine(url, module=dbapi2, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")


def _settle(connection: sa.Connection) -> None:
    connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
