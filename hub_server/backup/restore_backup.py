"""Use case restore_backup: put a copy in the database's place, and let the hub begin anew from it (protocol.md 5)."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hub_server.audit import FILE_NAME as HEADS_FILE
from hub_server.audit import SYSTEM, AuditName, record
from hub_server.backup.archive import read_archive_manifest, sync_folder, unpack
from hub_server.backup.errors import (
    CannotCopy,
    DamagedCopy,
    DatabaseInUse,
    ForeignCopy,
    NewerCopy,
    NotEmpty,
)
from hub_server.backup.manifest import Manifest
from hub_server.backup.progress import Progress, Step
from hub_server.backup.queries.postgresql import (
    KEPT_PREFIX,
    clear_place,
    count_others,
    count_tables,
    load,
    put_back,
)
from hub_server.backup.queries.sqlite_file import fold_log, has_tables, is_whole
from hub_server.change_feed import jump_feed
from hub_server.consistency import Report, check
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.foundation.storage import (
    Connection,
    Database,
    begin_incarnation,
    jump_numbers,
    newest_reach,
)
from hub_server.signing_keys import HubSigningKeys
from shared.clock import to_milliseconds, to_wire

JUMP = 1_000_000
JUMP_A_SECOND = 1_000
"""Besides, for each second since the copy: whoever puts one copy back twice begins beyond what was given meanwhile."""
_MARK_BYTES = 4
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is open, and leaves there if it dies."""
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Schema:
    """What is known of the schema: the revisions that this program can read, and how to come to the newest."""

    known: frozenset[str]
    migrate: Callable[[Database], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back, the incarnation that began, what `check` says of it, and where what was there is kept."""

    manifest: Manifest
    incarnation: str
    report: Report
    kept: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    context: Context
    keys: HubSigningKeys
    file: Path
    manifest: Manifest
    schema: Schema
    replace: bool
    progress: Progress
    at: datetime

    @property
    def stamp(self) -> str:
        return f"{self.at:%Y%m%dT%H%M%S}"


def restore_backup(
    context: Context,
    keys: HubSigningKeys,
    file: Path,
    *,
    schema: Schema,
    replace: bool,
    progress: Progress,
) -> Restored:
    """Put the copy back, and begin a new incarnation of it; `context` is of the database to be written.

    Everything is proven first. What is in the place is kept beside, never thrown away.

    Raises:
        DamagedCopy, ForeignCopy, NewerCopy: it is no copy to be put back.
        NotEmpty: there are data already, and `replace` was not said.
        DatabaseInUse: a hub is still connected.
        CannotCopy: PostgreSQL's tools are missing or fail.
    """
    manifest = read_archive_manifest(file, keys.verifiers)
    if manifest.schema_revision not in schema.known:
        raise NewerCopy(f"schema {manifest.schema_revision}")
    kind = "sqlite" if context.database.is_sqlite else "postgresql"
    if manifest.database != kind:
        raise ForeignCopy(f"a copy of {manifest.database}, and this database is {kind}")
    work = _Work(
        context=context,
        keys=keys,
        file=file,
        manifest=manifest,
        schema=schema,
        replace=replace,
        progress=progress,
        at=to_milliseconds(context.clock.now()),
    )
    # Its own connections would count as somebody's, and hold the file that goes.
    context.database.close()
    restored = _into_sqlite(work) if context.database.is_sqlite else _into_postgresql(work)
    # Heads of what is lost would say for ever that the log was cut: they stay as evidence, under another name.
    heads = context.settings.data_dir / HEADS_FILE
    if heads.exists():
        heads.rename(heads.with_name(f"{heads.stem}.before-{work.stamp}{heads.suffix}"))
    return restored


def _into_sqlite(work: _Work) -> Restored:
    name = work.context.database.url.database
    if name is None:
        raise CannotCopy("a database in memory is not restored")
    place = Path(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    has_data = place.exists() and place.stat().st_size > 0 and has_tables(place)
    if has_data and not work.replace:
        raise NotEmpty(str(place))
    if has_data and not fold_log(place):
        raise DatabaseInUse(str(place))
    folder = Path(tempfile.mkdtemp(dir=place.parent, prefix=".mps-restore-"))
    try:
        draft = folder / place.name
        unpack(work.file, work.manifest, draft, work.progress)
        if not is_whole(draft):
            raise DamagedCopy("SQLite finds it broken")
        incarnation, report = _begin(work, Database(f"sqlite:///{draft}"))
        if not fold_log(draft):
            raise CannotCopy("the new database did not become one file")
        kept = _keep(place, work.stamp, draft) if has_data else None
        for beside in _BESIDE:
            # Of a database that is gone or broken: SQLite would take it for the new one's.
            left = place.with_name(place.name + beside)
            if left.exists():
                left.rename(_kept_name(place, work.stamp, beside))
        draft.replace(place)
        sync_folder(place.parent)
    finally:
        shutil.rmtree(folder)
    return Restored(manifest=work.manifest, incarnation=incarnation, report=report, kept=kept)


def _keep(place: Path, stamp: str, draft: Path) -> str:
    """Move what is there aside; what comes in its place belongs to the same account, whoever restores."""
    there = place.stat()
    os.chown(draft, there.st_uid, there.st_gid)
    kept = _kept_name(place, stamp)
    place.rename(kept)
    return str(kept)


def _kept_name(place: Path, stamp: str, beside: str = "") -> Path:
    return place.with_name(f"{place.stem}.before-{stamp}{place.suffix}{beside}")


def _into_postgresql(work: _Work) -> Restored:
    database = work.context.database
    tables, others = database.read(lambda c: (count_tables(c), count_others(c)))
    if tables and not work.replace:
        raise NotEmpty(database.url.render_as_string(hide_password=True))
    if others:
        raise DatabaseInUse(database.url.render_as_string(hide_password=True))
    kept = f"{KEPT_PREFIX}{work.stamp}".lower() if tables else None
    folder = Path(tempfile.mkdtemp(prefix="mps-restore-"))
    try:
        draft = folder / "database"
        unpack(work.file, work.manifest, draft, work.progress)
        database.run(lambda c: clear_place(c, kept))
        try:
            work.progress(Step.LOAD, 0, 0)
            database.read(lambda c: load(c, draft, folder))
            incarnation, report = _begin(work, database)
        except BaseException:
            database.run(lambda c: put_back(c, kept))
            raise
    finally:
        shutil.rmtree(folder)
    return Restored(manifest=work.manifest, incarnation=incarnation, report=report, kept=kept)


def _begin(work: _Work, database: Database) -> tuple[str, Report]:
    """Bring the copy to the present schema, begin its new incarnation, and look at all of it."""
    try:
        work.schema.migrate(database)
        incarnation = database.run(lambda connection: _begin_again(connection, work))
        work.progress(Step.CHECK, 0, 0)
        return incarnation, database.read(lambda connection: check(connection, work.keys.verifiers))
    finally:
        if database is not work.context.database:
            database.close()


def jump_after(lost: timedelta) -> int:
    """How far the numbers of transactions and the places of the feed go on, so much time after the copy."""
    return JUMP + JUMP_A_SECOND * max(0, lost // timedelta(seconds=1))


def _begin_again(connection: Connection, work: _Work) -> str:
    last = newest_reach(connection)
    reach = work.manifest.data_reach
    if last is not None and reach <= last:
        # Copied right after the last begin: the newest incarnation is told by its reach.
        reach = last + _TICK
    mark = work.context.random_bytes(_MARK_BYTES).hex()
    incarnation = begin_incarnation(connection, reach, mark, restored_at=work.at)
    far = jump_after(work.at - work.manifest.data_reach)
    jump_numbers(connection, of_transactions=far, of_others=JUMP)
    jump_feed(connection, work.keys, far, work.at)
    told = {"file": work.file.name, "from": work.manifest.incarnation, "data_reach": to_wire(reach)}
    record(connection, work.at, [SYSTEM.did(AuditName.RESTORE, "database", incarnation, **told)])
    enqueue(
        connection, work.at, [News(ALERT, {"kind": "hub_restored", "subject": incarnation, "detail": told})]
    )
    return incarnation
