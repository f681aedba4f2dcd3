"""The machine's faults as exit codes and sentences: the command line's boundary."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pos_app.command_line.exits import CommandFailed, Exit
from pos_app.command_line.words import hub_fault_in_words, say
from pos_app.devices.camera.address import CameraAddressInvalid
from pos_app.devices.key_store.port import KeyStoreFailed
from pos_app.devices.printer.address import PrinterAddressRefused
from pos_app.features.enrolment.enrol import AlreadyEnrolled
from pos_app.hub_client import HubRefused, HubUnreachable, InsecureAddress
from pos_app.hub_copy.hub_copy import NotEnrolled
from pos_app.journal.failpoints import UnknownFailpoint
from pos_app.journal.read_back import JournalDamaged
from pos_app.storage import (
    DataDirectoryInUse,
    NewerDatabase,
    NoDatabase,
    OlderDatabase,
    StorageDamaged,
    StorageError,
    StorageUnknown,
)
from shared.problems import Language

logger = logging.getLogger("mps.pos.command_line")

_SAID: tuple[tuple[type[Exception], str, Exit], ...] = (
    (NotEnrolled, "not_enrolled", Exit.WRONG_USE),
    (NoDatabase, "not_enrolled", Exit.WRONG_USE),
    (AlreadyEnrolled, "already_enrolled", Exit.WRONG_USE),
    (InsecureAddress, "insecure", Exit.WRONG_USE),
    (CameraAddressInvalid, "device", Exit.WRONG_USE),
    (PrinterAddressRefused, "device", Exit.WRONG_USE),
    (UnknownFailpoint, "fault", Exit.WRONG_USE),
    (DataDirectoryInUse, "in_use", Exit.FAULT),
    (NewerDatabase, "newer", Exit.FAULT),
    (OlderDatabase, "older", Exit.FAULT),
    (StorageDamaged, "damaged", Exit.FAULT),
    (JournalDamaged, "damaged", Exit.FAULT),
    (StorageUnknown, "unknown", Exit.FAULT),
    (KeyStoreFailed, "key", Exit.FAULT),
    (HubUnreachable, "no_line", Exit.NO_LINE),
    (StorageError, "storage", Exit.FAULT),
)


_BEFORE_A_CHARGE = frozenset({"not_enrolled", "in_use", "newer", "older", "damaged", "key"})


@contextmanager
def plain_faults(language: Language, *, charging: bool = False) -> Iterator[None]:
    """What the machine, the line or the hub did wrong becomes `CommandFailed`; a bug goes on its way.

    Where a charge was asked for, what failed before one could be made says so.
    """
    try:
        yield
    except HubRefused as error:
        title = error.refusal.title(language)
        message = say("refused", language, title=title, code=error.refusal.code)
        raise CommandFailed(Exit.NOT_PAID, message) from error
    except tuple(kind for kind, _, _ in _SAID) as error:
        key, code = next((key, code) for kind, key, code in _SAID if isinstance(error, kind))
        logger.info("%s: %s", type(error).__name__, error)
        message = say(key, language, **_details(error, language))
        if charging and key in _BEFORE_A_CHARGE:
            message += ("" if language == "zh_TW" else " ") + say("not_charged", language)
        raise CommandFailed(code, message) from error


def _details(error: Exception, language: Language) -> dict[str, str]:
    """What a sentence leaves room for, in the language's words."""
    match error:
        case CameraAddressInvalid() | PrinterAddressRefused():
            return {"detail": say(error.fault, language), "text": error.text}
        case HubUnreachable():
            return {"detail": hub_fault_in_words(error, language)}
        case UnknownFailpoint():
            return {"detail": str(error)}
    return {}
