"""Use case make_backup: one file that holds the hub's whole database as it was at one moment, made while it serves."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from hub_server.audit import SYSTEM, AuditName, record
from hub_server.backup.archive import write_archive
from hub_server.backup.errors import CannotCopy
from hub_server.backup.manifest import Manifest, sign_manifest
from hub_server.backup.progress import Progress, Step
from hub_server.backup.queries import Reach, journal_reaches
from hub_server.backup.queries.postgresql import dump, export_snapshot
from hub_server.backup.queries.sqlite_file import copy_file
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, Database, current_incarnation
from hub_server.signing_keys import HubSigningKeys
from shared.api.changes import Covered
from shared.clock import to_milliseconds

SUFFIX = ".mpsbackup"
IN_FLIGHT = timedelta(minutes=2)
"""What was decided at a time may be committed so much later, at any node by its own clock: a statement is given a
minute. Terminals are asked for a little more than what is lost, which is harmless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished copy, its size in bytes, what it says of itself, and how many journals it covers."""

    place: Path
    size: int
    manifest: Manifest
    covered: int


@dataclass(frozen=True, slots=True)
class _Content:
    incarnation: str
    reaches: Sequence[Reach]


def make_backup(
    context: Context, keys: HubSigningKeys, to: Path, *, schema_revision: str, progress: Progress
) -> Made:
    """Copy the database into the file `to`, or into one named by the time in the folder `to`.

    No private key is in it: those are kept apart. Once the file is on disk, terminals are told how far their journals
    are in it.

    Raises:
        CannotCopy: there is such a file, or PostgreSQL's tools fail. Nothing is left behind.
        DatabaseBusy, OSError: the copy was not made, or nobody could be told of it.
    """
    at = to_milliseconds(context.clock.now())
    place = to / f"mps-hub-{at:%Y%m%dT%H%M%SZ}{SUFFIX}" if to.is_dir() else to
    if place.exists():
        raise CannotCopy(f"{place} is there already")
    # Beside it, so that the finished file is moved and not copied; for nobody else to look into.
    folder = Path(tempfile.mkdtemp(dir=place.parent, prefix=".mps-backup-"))
    try:
        copied, is_sqlite = folder / "database", context.database.is_sqlite
        content = (_copy_sqlite if is_sqlite else _copy_postgresql)(context.database, copied, progress)
        manifests: list[Manifest] = []

        def sign(size: int, sha256: str) -> str:
            manifests.append(
                Manifest(
                    program=version("mps"),
                    database="sqlite" if is_sqlite else "postgresql",
                    schema_revision=schema_revision,
                    incarnation=content.incarnation,
                    made_at=at,
                    data_reach=at - IN_FLIGHT,
                    size=size,
                    sha256=sha256,
                )
            )
            return sign_manifest(manifests[0], keys.signer)

        write_archive(place, copied, sign, is_compressed=not is_sqlite, progress=progress)
    finally:
        shutil.rmtree(folder)
    context.database.run(lambda connection: _tell(connection, place, manifests[0], content.reaches, at))
    return Made(place=place, size=place.stat().st_size, manifest=manifests[0], covered=len(content.reaches))


def _copy_sqlite(database: Database, to: Path, progress: Progress) -> _Content:
    source = database.url.database
    if source is None:
        raise CannotCopy("a database in memory is not copied")
    copy_file(Path(source), to, lambda done, total: progress(Step.COPY, done, total))
    # What terminals are told is what lies in the copy, whatever has come since.
    copy = Database(f"sqlite:///{to}")
    try:
        content = copy.read(_look)
    finally:
        copy.close()
    return content


def _copy_postgresql(database: Database, to: Path, progress: Progress) -> _Content:
    progress(Step.COPY, 0, 0)

    def copy(connection: Connection) -> _Content:
        content = _look(connection)
        dump(connection, export_snapshot(connection), to, to.parent)
        return content

    return database.read(copy)


def _look(connection: Connection) -> _Content:
    return _Content(current_incarnation(connection), journal_reaches(connection))


def _tell(
    connection: Connection, place: Path, manifest: Manifest, reaches: Sequence[Reach], at: datetime
) -> None:
    event = SYSTEM.did(
        AuditName.BACKUP,
        "database",
        manifest.incarnation,
        file=place.name,
        sha256=manifest.sha256,
        data_reach=manifest.model_dump(mode="json")["data_reach"],
        journals=len(reaches),
    )
    record(connection, at, [event])
    enqueue(
        connection,
        at,
        [
            News(
                FEED,
                {
                    "kind": "covered",
                    "merchant_id": reach.merchant_id,
                    "terminal_id": reach.terminal_id,
                    "data": Covered(seq=reach.verified_through).model_dump(mode="json"),
                },
            )
            for reach in reaches
        ],
    )
