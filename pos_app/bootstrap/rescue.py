"""The ways out of a journal that does not open: carry out what verifies, keep the rest aside, enrol again."""

import logging
from collections.abc import Callable
from pathlib import Path

from pos_app.bootstrap.terminal import key_store
from pos_app.devices.key_store.port import KeyStoreFailed
from pos_app.features.carrying.carry_out import UNKNOWN, CannotCarry, FileIsThere, carry_into, file_name
from pos_app.features.carrying.places import places
from pos_app.features.signing_out.set_apart import set_apart
from pos_app.features.start_up.flow import Carried, CarryFault
from pos_app.features.start_up.presenter import RescueWork
from pos_app.hub_copy import rows
from pos_app.settings import Settings
from pos_app.storage import Reading, StorageError
from shared.clock import SystemClock
from shared.signing import PublicJwk

logger = logging.getLogger("mps.pos.rescue")


def rescue_of(settings: Settings, find_places: Callable[[], list[Path]] = places) -> RescueWork:
    """The start screen's ways out for a data directory."""
    return RescueWork(
        places=lambda: _paths(settings, find_places()),
        carry=lambda path: _carry(settings, path),
        set_apart=lambda: _set_apart(settings),
    )


def _paths(settings: Settings, folders: list[Path]) -> tuple[str, ...]:
    name = file_name(_terminal_no(settings), SystemClock().now())
    return tuple(str(folder / name) for folder in folders)


def _terminal_no(settings: Settings) -> str:
    try:
        reading = Reading(settings.data_dir)
        try:
            facts = reading.read(rows.read_facts)
        finally:
            reading.close()
    except (StorageError, ValueError) as error:
        logger.info("the terminal's number cannot be read: %s", error)
        return UNKNOWN
    return facts.terminal_no if facts is not None else UNKNOWN


def _carry(settings: Settings, path: str) -> Carried | CarryFault:
    def own_key() -> PublicJwk | None:
        try:
            key = key_store(settings).load()
        except KeyStoreFailed as error:
            logger.info("rescue without the key: %s", error)
            return None
        return None if key is None else PublicJwk.of(key.public_bytes)

    try:
        carried = carry_into(settings.data_dir, Path(path).expanduser(), own_key)
    except FileIsThere:
        return CarryFault.FILE_IS_THERE
    except (CannotCarry, StorageError) as error:
        logger.warning("nothing can be carried out: %s", error)
        return CarryFault.NOTHING
    except OSError as error:
        logger.warning("%s cannot be written: %s", path, error)
        return CarryFault.NOT_WRITTEN
    return Carried(
        file=path,
        entries=carried.entries,
        missing=carried.missing,
        first_missing=carried.first_missing,
    )


def _set_apart(settings: Settings) -> bool:
    try:
        set_apart(settings.data_dir, key_store(settings), SystemClock().now())
    except OSError as error:
        logger.warning("the journal cannot be set apart: %s", error)
        return False
    return True
