"""PostgreSQL's own tools for copies, and the schemas that they work on."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from hub_server.backup.errors import CannotCopy

DEBIAN = Path("/usr/lib/postgresql")
KEPT_PREFIX = "mps_before_"
_SERVICE = "mps"
MAX_TOLD = 2_000
_CARRIED = frozenset(
    {
        "user",
        "dbname",
        "passfile",
        "connect_timeout",
        "channel_binding",
        "require_auth",
        "gssencmode",
        "krbsrvname",
    }
    | {f"ssl{name}" for name in ("mode", "rootcert", "cert", "key", "crl", "crldir", "password", "sni")}
)
"""What a tool has to know of how the hub connects. Its library may be older than the hub's and refuse others; what
guards the hub's own statements (`options`) would end a long copy."""


def export_snapshot(connection: Connection) -> str:
    """The name by which a tool sees exactly what this transaction sees, while it is open."""
    name: str = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    return name


def dump(connection: Connection, snapshot: str, to: Path, folder: Path) -> None:
    """Write the database as of the snapshot, in pg_dump's own format.

    Raises:
        CannotCopy: pg_dump is not there, or failed.
    """
    arguments = [f"--snapshot={snapshot}", "--format=custom", "--no-owner", "--no-privileges"]
    arguments += ["--schema=public", f"--file={to}"]
    with _service(connection, folder) as environment:
        _run("pg_dump", [*arguments, f"--dbname=service={_SERVICE}"], environment)


def load(connection: Connection, file: Path, folder: Path) -> None:
    """Bring a dump into the database, whole or not at all.

    Raises:
        CannotCopy: pg_restore is not there, or failed.
    """
    arguments = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    with _service(connection, folder) as environment:
        _run("pg_restore", [*arguments, f"--dbname=service={_SERVICE}", str(file)], environment)


def count_tables(connection: Connection) -> int:
    """What stands in the schema in which a hub lives; 0 too where there is no such schema."""
    query = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'public'"
    return int(connection.execute(text(query)).scalar_one())


def count_others(connection: Connection) -> int:
    """Who else is connected to this database."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    return int(connection.execute(text(query)).scalar_one())


def clear_place(connection: Connection, keep_as: str | None) -> None:
    """Make room for a dump, which brings its schema along: what is there is kept under that name, or is nothing."""
    if keep_as is None:
        connection.execute(text("DROP SCHEMA IF EXISTS public"))
    else:
        connection.execute(text(f'ALTER SCHEMA public RENAME TO "{keep_as}"'))


def put_back(connection: Connection, kept_as: str | None) -> None:
    """Undo a load that came to nothing."""
    connection.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
    again = "CREATE SCHEMA public" if kept_as is None else f'ALTER SCHEMA "{kept_as}" RENAME TO public'
    connection.execute(text(again))


@contextmanager
def _service(connection: Connection, folder: Path) -> Iterator[dict[str, str]]:
    """The environment that leads a tool to the server of this connection; a password stays off command lines."""
    # The tool takes its time, and this connection stands still meanwhile.
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    driver = connection.connection.dbapi_connection
    if driver is None:
        raise CannotCopy("the connection is gone")
    info = driver.info
    known = {"host": info.host, "port": str(info.port), "password": info.password}
    given = {name: value for name, value in info.get_parameters().items() if name in _CARRIED}
    parameters = given | {name: value for name, value in known.items() if value}
    file = folder / "pg_service.conf"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(f"[{_SERVICE}]\n")
            opened.writelines(f"{name}={value}\n" for name, value in parameters.items())
        yield {**os.environ, "PGSERVICEFILE": str(file)}
    finally:
        file.unlink()


def _run(tool: str, arguments: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        [_find(tool), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise CannotCopy(f"{tool}: {done.stderr.decode('utf-8', 'replace').strip()[-MAX_TOLD:]}")


def _find(tool: str) -> str:
    """Debian keeps the server's programs off the path, one folder a version; the newest reads every older server."""
    versions = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdecimal()]
    versions.sort(key=lambda path: int(path.parent.name), reverse=True)
    for folder in (*map(str, versions), None):
        found = shutil.which(tool, path=folder)
        if found is not None:
            return found
    raise CannotCopy(f"{tool} is not on this machine: it comes with PostgreSQL's client programs")
