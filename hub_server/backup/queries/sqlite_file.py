"""Copying a SQLite database while it is written to, and putting a file in its place."""

from collections.abc import Callable
from pathlib import Path

from pysqlite3 import dbapi2 as sqlite

PAGES = 2_000
"""So many pages a step, between which progress is told."""


def copy_file(source: Path, to: Path, progress: Callable[[int, int], None]) -> None:
    """Copy one moment of the database into one file of its own; who writes meanwhile is not held up.

    The open read keeps that moment: else each write of another process would begin the copy anew.
    """
    reading, writing = sqlite.connect(source, isolation_level=None), sqlite.connect(to, isolation_level=None)
    try:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(
            writing, pages=PAGES, progress=lambda _status, left, total: progress(total - left, total)
        )
        # One file: without a log beside it.
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        reading.close()
        writing.close()


def is_whole(file: Path) -> bool:
    """Whether SQLite finds its own structures in order."""
    opened = sqlite.connect(file)
    try:
        found = opened.execute("PRAGMA quick_check").fetchall()
    except sqlite.DatabaseError:
        return False
    finally:
        opened.close()
    return bool(found == [("ok",)])


def fold_log(file: Path) -> bool:
    """Bring the database into its one file; false while anybody else has it open. A broken one stays as it is."""
    opened = sqlite.connect(file, isolation_level=None, timeout=0)
    try:
        mode = opened.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite.OperationalError as error:
        return "locked" not in str(error)
    except sqlite.DatabaseError:
        return True
    finally:
        opened.close()
    return bool(mode == ("delete",))


def has_tables(file: Path) -> bool:
    """Whether there is anything in the database."""
    opened = sqlite.connect(file)
    try:
        return bool(opened.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite.DatabaseError:
        return True
    finally:
        opened.close()
