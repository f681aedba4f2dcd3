"""The tests' own ground: the PostgreSQL they start and the rule about logs do what they say."""

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.architecture.source import ROOT
from tests.log_rules import ExpectedLogs, no_unexpected_logs
from tests.postgres import PostgresCluster, shared_cluster


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True)


def test_a_database_made_from_a_template_holds_its_rows_and_is_gone_once_dropped(
    postgres_cluster: PostgresCluster,
) -> None:
    template = postgres_cluster.create_database()
    with _connect(template) as connection:
        connection.execute("CREATE TABLE coin (minor_units bigint)")
        connection.execute("INSERT INTO coin VALUES (2990)")
    copy = postgres_cluster.create_database(template=template.rpartition("/")[2])
    with _connect(copy) as connection:
        assert connection.execute("SELECT minor_units FROM coin").fetchall() == [(2990,)]
    postgres_cluster.drop_database(copy)
    postgres_cluster.drop_database(template)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        _connect(copy)


def test_a_commit_in_the_test_cluster_is_written_before_it_is_told(postgres_cluster: PostgresCluster) -> None:
    """It outlives every process that a test kills, the server too; only the machine's own end it would not."""
    with _connect(postgres_cluster.url("postgres")) as connection:
        settings = connection.execute(
            "SELECT current_setting('synchronous_commit'), current_setting('fsync')"
        ).fetchone()
    assert settings == ("on", "off")


def test_the_cluster_is_started_once_for_a_run(postgres_cluster: PostgresCluster, tmp_path: Path) -> None:
    note = f'{{"folder": "{postgres_cluster.folder}", "port": {postgres_cluster.port}}}'
    (tmp_path / "postgres.json").write_text(note)
    assert shared_cluster(tmp_path, os.getpid()) == postgres_cluster


def test_a_run_that_is_killed_leaves_no_cluster_behind(tmp_path: Path) -> None:
    run = (
        "import os, pathlib, signal; from tests.postgres import shared_cluster;"
        f"cluster = shared_cluster(pathlib.Path({str(tmp_path)!r}), os.getpid());"
        "print(cluster.folder, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", run], stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False
    )
    folder = Path(killed.stdout.strip())
    port = int((folder / "data" / "postmaster.pid").read_text().splitlines()[3])
    assert _within(20, lambda: not folder.exists() and not _listens(port))


def _within(seconds: int, holds: Callable[[], bool]) -> bool:
    pause = threading.Event()
    return any(holds() or pause.wait(0.1) for _ in range(seconds * 10))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_warning_nobody_expected_fails_the_test_that_logged_it(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("hub.ledger", "out of balance")  # this test's own rule stands outside the tried one
    with (
        pytest.raises(AssertionError, match=r"WARNING hub\.ledger: out of balance"),
        no_unexpected_logs(ExpectedLogs()),
    ):
        logging.getLogger("hub.ledger").warning("out of balance")


def test_an_allowed_warning_and_an_ordinary_record_pass(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("hub.ledger", "out of balance")
    expected = ExpectedLogs()
    expected.allow("hub", r"^out of")
    with no_unexpected_logs(expected):
        logging.getLogger("hub.ledger").warning("out of %s", "balance")
        logging.getLogger("other").info("started")


def test_allowing_one_logger_does_not_allow_another_whose_name_begins_alike(
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.allow("hub", "balance")
    record = logging.LogRecord("hubris", logging.ERROR, "file", 1, "balance", None, None)
    assert not expected_logs.covers(record)
