"""`mps-pos sign-out`: leave this terminal, once nothing of it could be lost."""

import logging
from pathlib import Path

from pos_app.bootstrap import key_store
from pos_app.command_line.exits import CommandFailed, Exit
from pos_app.command_line.journal_files import Report
from pos_app.command_line.words import say
from pos_app.features.signing_out.set_apart import set_apart
from pos_app.features.signing_out.sign_out import Leaving, NotCarried, look, prove_carried
from pos_app.settings import Settings
from shared.clock import SystemClock, to_wire

logger = logging.getLogger("mps.pos.command_line")


def sign_out(settings: Settings, carried: Path | None) -> Report:
    """Refuse while entries wait, unless `carried` proves to hold them all; else set the journal apart, remove the key.

    Raises:
        CommandFailed: the file is not this journal's, or the disk takes no copy; nothing has changed.
        NotEnrolled, StorageError, KeyStoreFailed: as they say.
    """
    leaving = look(settings.data_dir)
    if leaving.waiting and carried is None:
        return _refused(leaving, settings)
    if carried is not None:
        _check(leaving, carried, settings)
    try:
        kept = set_apart(settings.data_dir, key_store(settings), SystemClock().now())
    except OSError as error:
        logger.warning("the journal cannot be set apart: %s", error)
        raise CommandFailed(Exit.FAULT, say("not_apart", settings.language)) from error
    said = say("signed_out", settings.language, number=leaving.terminal_no, folder=kept)
    found: dict[str, object] = {"signed_out": True, "terminal_no": leaving.terminal_no, "journal": str(kept)}
    return Report(json=found, sentences=(said,), exit=Exit.DONE)


def _check(leaving: Leaving, carried: Path, settings: Settings) -> None:
    try:
        prove_carried(leaving, carried)
    except NotCarried as error:
        logger.warning("%s: %s", carried, error)
        raise CommandFailed(Exit.WRONG_USE, say("not_carried", settings.language, file=carried)) from error
    except OSError as error:
        detail = say("picture_not_found" if not carried.exists() else "picture_unreadable", settings.language)
        message = say("not_read", settings.language, file=carried, detail=detail)
        raise CommandFailed(Exit.WRONG_USE, message) from error


def _refused(leaving: Leaving, settings: Settings) -> Report:
    language = settings.language
    oldest = None if leaving.oldest_at is None else to_wire(leaving.oldest_at)
    return Report(
        json={"signed_out": False, "waiting": leaving.waiting, "oldest_at": oldest},
        sentences=(say("entries_wait", language, count=leaving.waiting), say("entries_wait_do", language)),
        exit=Exit.WRONG_USE,
    )
