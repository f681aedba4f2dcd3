"""Puts a terminal's data apart, whole, so that the directory is free for a new one; nothing is deleted that is not kept."""

import logging
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from pos_app.devices.key_store.port import KeyStore
from pos_app.storage.database import FILE_NAME
from pos_app.storage.write_lock import WriteLock

logger = logging.getLogger("mps.pos.signing_out")

APART: Final = "set-apart"
LOCK_NAME: Final = "terminal.lock"
_BESIDE: Final = ("-wal", "-shm")


def set_apart(folder: Path, key_store: KeyStore, at: datetime) -> Path:
    """Copy the journal's files to `<folder>/set-apart/<time>/`, make the copies durable, then clear the place and the key.

    Killed anywhere, the terminal is there as before or its whole journal is in the copy. The key is the last to go: a
    journal without its key cannot be continued, and must not be.

    Returns where the journal is now.

    Raises:
        DataDirectoryInUse: another program uses it.
        OSError: the copy cannot be made; nothing has changed.
        KeyStoreFailed: the key could not be removed; the journal is set apart.
    """
    lock = WriteLock(folder / LOCK_NAME)
    try:
        kept = _copy(folder, at)
        # The database goes before its log: a database without the log could pass for an older journal.
        for name in (FILE_NAME, *(FILE_NAME + ending for ending in _BESIDE)):
            (folder / name).unlink(missing_ok=True)
        _sync_folder(folder)
        key_store.forget()
    finally:
        lock.release()
    logger.info("the journal was set apart in %s", kept)
    return kept


def _copy(folder: Path, at: datetime) -> Path:
    parent = folder / APART
    kept = parent / f"{at:%Y%m%d-%H%M%S}"
    number = 1
    while kept.exists():
        number += 1
        kept = parent / f"{at:%Y%m%d-%H%M%S}-{number}"
    part = kept.with_name(kept.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    for name in (FILE_NAME, *(FILE_NAME + ending for ending in _BESIDE)):
        if (folder / name).exists():
            shutil.copyfile(folder / name, part / name)
            _sync(part / name)
    _sync_folder(part)
    part.replace(kept)
    _sync_folder(parent)
    return kept


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    path.chmod(0o600)


def _sync_folder(path: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and its names are durable with its files
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
