"""A real PostgreSQL for the tests: a cluster of its own in a temporary folder, started when first asked for.

It does not wait for the disk (fsync off): that only tells after the machine itself went down, which no test here brings
about, and a database for each test is otherwise mostly waiting. `PostgresCluster` is what fixtures hand out;
`shared_cluster` lets the workers of one run find or start the one cluster they share.
"""

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "mps"
MAX_CONNECTIONS = 200
NO_WAIT_FOR_DISK = "-c fsync=off -c full_page_writes=off -c min_wal_size=32MB -c max_wal_size=64MB"
START_ATTEMPTS = 3
START_TIMEOUT_S = 60

# A run that is killed stops nothing. This shell, left behind on purpose, looks once a second whether the run ($1) and
# the cluster's folder ($2) are still there; SIGQUIT is PostgreSQL's immediate stop.
WATCH = """(
    while kill -0 "$1" && test -d "$2"; do sleep 1; done
    test -d "$2" && kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
    rm -rf "$2"
) >/dev/null 2>&1 </dev/null &"""


class PostgresUnavailable(RuntimeError):
    """There is no PostgreSQL on this machine, or it does not start; the message says which."""


@dataclass(frozen=True, slots=True)
class PostgresCluster:
    """A running cluster that trusts local connections."""

    folder: Path
    port: int

    def url(self, database: str) -> str:
        """SQLAlchemy's address of a database, over TCP on the loopback."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str | None = None) -> str:
        """Create a database of its own name and return its address.

        With `template`, a copy of that database (its name, not its address); nobody may be connected to it.
        """
        name = f"test_{secrets.token_hex(8)}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            # Through the WAL, since nobody waits for the disk: with fsync off that beats copying files.
            copy = sql.SQL(" TEMPLATE {} STRATEGY wal_log").format(sql.Identifier(template))
            statement = statement + copy
        self._execute(statement)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop the database at an address that `create_database` returned, cutting off who is still connected."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop the cluster and remove its folder."""
        command = [_tool("pg_ctl"), "stop", "--wait", "--mode=immediate", f"--pgdata={self.folder / 'data'}"]
        _run_as_postgres(command, self.folder)
        shutil.rmtree(self.folder)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


def start_cluster() -> PostgresCluster:
    """Make and start a cluster on a free port of the loopback. Raises PostgresUnavailable."""
    # Not under pytest's own folder: that is closed to other users, and as root the server runs as `postgres`.
    folder = Path(tempfile.mkdtemp(prefix="mps-postgres-"))
    if _account() is not None:
        shutil.chown(folder, *_owner())
    initialise = [_tool("initdb"), f"--pgdata={folder / 'data'}", f"--username={SUPERUSER}"]
    initialise += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _run_as_postgres(initialise, folder)
    for attempt in range(1, START_ATTEMPTS + 1):
        port = _free_port()
        options = (
            f"-h 127.0.0.1 -p {port} -k {folder} -c max_connections={MAX_CONNECTIONS} {NO_WAIT_FOR_DISK}"
        )
        command = [_tool("pg_ctl"), "start", "--wait", f"--timeout={START_TIMEOUT_S}"]
        command += [f"--pgdata={folder / 'data'}", f"--log={folder / 'server.log'}", f"--options={options}"]
        try:
            _run_as_postgres(command, folder)
        except PostgresUnavailable:
            # Somebody may have taken the port between the look and the start.
            if attempt == START_ATTEMPTS:
                raise
        else:
            return PostgresCluster(folder, port)
    raise AssertionError("the last attempt returns or raises")


def shared_cluster(run_folder: Path, run_pid: int) -> PostgresCluster:
    """The one cluster of this test run: the first process that asks starts it, the others find it.

    It ends with `stop_shared_cluster`, or when the process `run_pid` is gone.
    """
    note = run_folder / "postgres.json"
    with (run_folder / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = _read_note(note)
        if running is None:
            running = start_cluster()
            words = ["sh", "-c", WATCH, "watch", str(run_pid), str(running.folder)]
            # A session of its own: whatever kills the whole run must not kill the watcher with it.
            subprocess.run(words, check=True, start_new_session=True)
            note.write_text(json.dumps({"folder": str(running.folder), "port": running.port}))
    return running


def stop_shared_cluster(run_folder: Path) -> None:
    """Stop the run's cluster if any test started it."""
    running = _read_note(run_folder / "postgres.json")
    if running is not None:
        running.stop()


def _read_note(note: Path) -> PostgresCluster | None:
    if not note.exists():
        return None
    told: Mapping[str, str | int] = json.loads(note.read_text())
    return PostgresCluster(Path(str(told["folder"])), int(told["port"]))


def _tool(name: str) -> str:
    """Debian keeps the server's programs off the path, one folder a version; elsewhere they are on it."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda bin_: int(bin_.parent.name))
    found = shutil.which(name, path=str(folders[-1])) if folders else None
    found = found or shutil.which(name)
    if found is None:
        raise PostgresUnavailable(f"{name} is not on this machine: `make setup` installs PostgreSQL")
    return found


def _account() -> str | None:
    """The server refuses to run as root; Debian's package brings an account for it."""
    return "postgres" if os.geteuid() == 0 else None


def _owner() -> tuple[int, int]:
    entry = pwd.getpwnam("postgres")
    return entry.pw_uid, entry.pw_gid


def _run_as_postgres(command: list[str], folder: Path) -> None:
    user, group = _owner() if _account() is not None else (None, None)
    log = folder / "commands.log"
    # Into a file and not a pipe: the server inherits the stream and would hold a pipe open for good.
    with log.open("a") as output:
        done = subprocess.run(
            command,
            cwd=folder,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        told = log.read_text()
        with contextlib.suppress(FileNotFoundError):
            told += (folder / "server.log").read_text()
        raise PostgresUnavailable(f"{command[0]} failed ({done.returncode}):\n{told[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
