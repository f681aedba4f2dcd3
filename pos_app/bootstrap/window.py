"""The window with all that stands behind it (`mps-pos` without a command)."""

import logging

from pos_app.bootstrap.counter_terminal import CounterTerminal
from pos_app.bootstrap.devices import camera_of, printer_of
from pos_app.bootstrap.rescue import rescue_of
from pos_app.bootstrap.terminal import app_version, build_enrolment, build_terminal, http_hub
from pos_app.desktop.run import Equipment, run
from pos_app.desktop.terminal import Doors
from pos_app.devices.key_store.port import KeyStoreFailed
from pos_app.features.enrolment.flow import EnrolCommand
from pos_app.features.start_up.flow import CannotOpen, StartUpFault
from pos_app.hub_client import HubRefused, HubUnreachable, InsecureAddress
from pos_app.hub_copy.hub_copy import NotEnrolled
from pos_app.journal.read_back import JournalDamaged
from pos_app.settings import Settings
from pos_app.storage import DataDirectoryInUse, NewerDatabase, StorageDamaged, StorageError
from shared.clock import SystemClock
from shared.problems import Code, Refusal

logger = logging.getLogger("mps.pos.window")

_FAULTS: tuple[tuple[type[Exception], StartUpFault], ...] = (
    (DataDirectoryInUse, StartUpFault.LOCKED),
    (KeyStoreFailed, StartUpFault.KEY),
    (JournalDamaged, StartUpFault.JOURNAL),
    (StorageDamaged, StartUpFault.JOURNAL),
    (NewerDatabase, StartUpFault.NEWER),
    (InsecureAddress, StartUpFault.SETTINGS),
    (StorageError, StartUpFault.DISK),
    (OSError, StartUpFault.DISK),
)


def run_window(settings: Settings) -> int:
    """Show it until it is closed; the program's exit code.

    Raises:
        CameraAddressInvalid, PrinterAddressRefused: a setting names no device.
    """
    equipment = Equipment(
        camera=camera_of(settings),
        printer=printer_of(settings),
        clock=SystemClock(),
        language=settings.language,
    )
    logger.info("the window opens, version %s", app_version())
    code = run(lambda: doors_of(settings), lambda: equipment)
    logger.info("the window is closed")
    return code


def doors_of(settings: Settings) -> Doors:
    """How the window comes by its terminal."""
    return Doors(
        open_terminal=lambda: _open(settings),
        enrol=lambda command: _enrol(settings, command),
        rescue=rescue_of(settings),
    )


def _open(settings: Settings) -> CounterTerminal | None:
    try:
        return CounterTerminal(build_terminal(settings))
    except NotEnrolled:
        return None
    except Exception as error:
        # The boundary to a person: every fault has its screen, and the log has the whole of it.
        logger.exception("the terminal does not open")
        fault = next((fault for kind, fault in _FAULTS if isinstance(error, kind)), StartUpFault.OTHER)
        seq = error.seq if isinstance(error, JournalDamaged) else None
        raise CannotOpen(fault, f"{type(error).__name__}: {error}", seq) from error


def _enrol(settings: Settings, command: EnrolCommand) -> CounterTerminal | Refusal | None:
    try:
        hub = http_hub(command.hub, SystemClock(), None)
    except InsecureAddress as error:
        return Refusal(Code.INVALID_REQUEST, str(error))
    try:
        enrolling, database = build_enrolment(settings)
        try:
            enrolling.enrol(hub, command.code, command.name)
        finally:
            database.close()
    except HubUnreachable as error:
        logger.info("enrolment: %s", error)
        return None
    except HubRefused as error:
        return error.refusal
    finally:
        hub.close()
    return _open(settings)
