"""Opening and enrolling for the window: the machine's faults become the plain screens of the start."""

import logging
from collections.abc import Callable

from pos_app.desktop.terminal import Doors, Terminal
from pos_app.devices.key_store.port import KeyStoreFailed
from pos_app.features.enrolment.flow import EnrolCommand
from pos_app.features.start_up.flow import CannotOpen, StartUpFault
from pos_app.hub_client import HubRefused, HubUnreachable, InsecureAddress
from pos_app.hub_copy.hub_copy import NotEnrolled
from pos_app.journal.journal import JournalDamaged
from pos_app.storage import DataDirectoryInUse, NewerDatabase, StorageDamaged, StorageError
from shared.problems import Code, Refusal

logger = logging.getLogger("mps.pos.window")

_FAULTS: tuple[tuple[type[Exception], StartUpFault], ...] = (
    (DataDirectoryInUse, StartUpFault.LOCKED),
    (KeyStoreFailed, StartUpFault.KEY),
    (JournalDamaged, StartUpFault.JOURNAL),
    (StorageDamaged, StartUpFault.JOURNAL),
    (NewerDatabase, StartUpFault.SETTINGS),
    (InsecureAddress, StartUpFault.SETTINGS),
    (StorageError, StartUpFault.DISK),
    (OSError, StartUpFault.DISK),
)


def doors_of(build: Callable[[], Terminal], enrol: Callable[[EnrolCommand], None]) -> Doors:
    """The doors over two use cases: `build` opens the terminal, `enrol` makes this machine one."""

    def open_terminal() -> Terminal | None:
        try:
            return build()
        except NotEnrolled:
            return None
        except Exception as error:
            # The boundary to a person: every fault has its screen, and the log has the whole of it.
            logger.exception("the terminal does not open")
            fault = next((fault for kind, fault in _FAULTS if isinstance(error, kind)), StartUpFault.OTHER)
            raise CannotOpen(fault, f"{type(error).__name__}: {error}") from error

    def enrol_and_open(command: EnrolCommand) -> Terminal | Refusal | None:
        try:
            enrol(command)
        except HubUnreachable:
            return None
        except HubRefused as refused:
            return refused.refusal
        except InsecureAddress as error:
            return Refusal(Code.INVALID_REQUEST, str(error))
        return open_terminal()

    return Doors(open_terminal=open_terminal, enrol=enrol_and_open)
