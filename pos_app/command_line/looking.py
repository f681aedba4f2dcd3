"""Commands that only look: status, journal, doctor. They work beside an open window (protocol.md 4)."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pos_app.bootstrap import camera_of, http_hub, printer_of
from pos_app.command_line.words import hub_fault_in_words, printer_in_words, say
from pos_app.devices.camera import CameraUnavailable
from pos_app.devices.camera.address import CameraAddressInvalid
from pos_app.devices.printer.address import PrinterAddressRefused
from pos_app.hub_client import HubRefused, HubUnreachable
from pos_app.hub_copy import HubFacts, rows
from pos_app.hub_copy.hub_copy import NotEnrolled
from pos_app.journal import waiting
from pos_app.journal.read_back import JournalDamaged, Prover
from pos_app.settings import Settings
from pos_app.storage import Reading, StorageError, Transaction
from pos_app.syncing.hub_clock import JUMP
from pos_app.syncing.line import OfflineMeter
from pos_app.syncing.offline_room import offline_meter_beside
from shared.clock import SystemClock, to_wire

logger = logging.getLogger("mps.pos.command_line")

PROBE_MS: Final = 2_000
ENOUGH_MB: Final = 200


def status(settings: Settings) -> dict[str, object]:
    """Queue, limits, contact and devices as JSON; amounts in minor units, times RFC 3339.

    Raises:
        NotEnrolled, StorageError: there is nothing to look at.
    """
    reading = Reading(settings.data_dir)
    try:
        return reading.read(lambda tx: _status(tx, settings))
    finally:
        reading.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the database tells of the terminal's state; `plausible`: the clock is not behind the journal."""

    facts: HubFacts
    now: datetime
    queue: waiting.Queue
    plausible: bool
    left: OfflineMeter


def look(tx: Transaction) -> Seen:
    """Queue, limits and contact now.

    Raises:
        NotEnrolled: there is no terminal.
    """
    facts, now = read_facts(tx), SystemClock().now()
    queue, left = waiting.queue(tx), offline_meter_beside(tx, facts, now)
    return Seen(facts=facts, now=now, queue=queue, plausible=not left.clock_is_locked, left=left)


def _status(tx: Transaction, settings: Settings) -> dict[str, object]:
    seen = look(tx)
    facts, now, queue, left = seen.facts, seen.now, seen.queue, seen.left
    return {
        "terminal": {"id": facts.terminal_id, "no": facts.terminal_no, "status": facts.terminal_status.value},
        "store": facts.shop_name,
        "hub": facts.hub,
        "queue": {
            "depth": queue.depth,
            "oldest_at": to_wire(queue.oldest_at) if queue.oldest_at else None,
            "oldest_age_s": max(0, (now - queue.oldest_at) // timedelta(seconds=1))
            if queue.oldest_at
            else None,
        },
        "offline": {
            "left_total": left.left_total,
            "max_total": left.max_total,
            "left_count": left.left_count,
            "max_amount": left.max_amount,
            "until": to_wire(left.until),
            "time_left_s": left.room(now).time_left_s,
            "left_soft": left.left_soft,
            "needs_manager": left.needs_manager,
            "refusal": left.refusal.code if left.refusal else None,
        },
        "contact": to_wire(facts.contact),
        "verified_through": facts.verified_through,
        "printer": settings.printer,
        "camera": settings.camera,
        "clock": {"now": to_wire(now), "plausible": seen.plausible},
    }


def verify(settings: Settings) -> int:
    """Prove the whole journal with the terminal's public key alone; how many entries.

    Raises:
        JournalDamaged: the first entry that does not hold.
        NotEnrolled, StorageError: there is nothing to look at.
    """
    reading = Reading(settings.data_dir)
    try:
        return _verify(reading)
    finally:
        reading.close()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: its name, whether it is well, what was seen, and what to do.

    What is well and still has something to do is a remark.
    """

    name: str
    is_well: bool
    seen: str
    do: str = ""


def doctor(settings: Settings) -> Iterator[Finding]:
    """Check everything that a counter needs, one after the other; nothing is written."""
    yield _disk(settings)
    facts, finding = _journal(settings)
    yield finding
    if facts is not None:
        yield from _line_and_clock(settings, facts)
    yield _printer(settings)
    yield _camera(settings)
    yield Finding("scanner", True, say("scanner", settings.language))


def read_facts(tx: Transaction) -> HubFacts:
    """What the hub told.

    Raises:
        NotEnrolled: there is no terminal.
    """
    facts = rows.read_facts(tx)
    if facts is None:
        raise NotEnrolled
    return facts


def _verify(reading: Reading) -> int:
    facts = reading.read(read_facts)
    prover = Prover(
        terminal_id=facts.terminal_id,
        verifier=facts.own_verifier,
        hub_keys=facts.keys,
        acknowledged=facts.verified_through,
    )
    return prover.prove(reading.read)


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free_mb = shutil.disk_usage(folder if folder.exists() else "/").free // (1 << 20)
    well = free_mb >= ENOUGH_MB
    do = "" if well else say("disk_do", settings.language)
    return Finding("disk", well, say("disk", settings.language, mb=free_mb), do)


def _journal(settings: Settings) -> tuple[HubFacts | None, Finding]:
    language = settings.language
    try:
        reading = Reading(settings.data_dir)
        try:
            facts, count = reading.read(read_facts), _verify(reading)
        finally:
            reading.close()
    except JournalDamaged as error:
        logger.warning("the journal does not verify: %s", error)
        seen = say("journal_damaged", language, seq=error.seq)
        return None, Finding("journal", False, seen, say("journal_do", language))
    except (NotEnrolled, StorageError) as error:
        logger.info("no journal: %s", error)
        return None, Finding("journal", False, say("journal_none", language), "mps-pos enrol")
    return facts, Finding("journal", True, say("journal", language, count=count))


def _line_and_clock(settings: Settings, facts: HubFacts) -> Iterator[Finding]:
    language, clock = settings.language, SystemClock()
    hub = http_hub(facts.hub, clock, None)
    try:
        told = hub.probe(PROBE_MS)
    except (HubUnreachable, HubRefused) as error:
        detail = hub_fault_in_words(error, language)
        yield Finding("line", False, say("no_line", language, detail=detail), say("line_do", language))
        yield Finding("clock", True, say("clock_unknown", language))
        return
    finally:
        hub.close()
    yield Finding("line", True, say("line", language))
    if told is not None:
        off = clock.now() - told
        well = abs(off) < JUMP
        seconds = round(off.total_seconds())
        yield Finding(
            "clock",
            well,
            say("clock", language, seconds=seconds),
            "" if well else say("clock_do", language),
        )


def _printer(settings: Settings) -> Finding:
    language = settings.language
    try:
        state = printer_of(settings).status()
    except PrinterAddressRefused as error:
        seen = say("printer", language, state=say(error.fault, language))
        return Finding("printer", False, seen, say("printer_address_do", language))
    if settings.printer == "none":
        seen = say("printer", language, state=printer_in_words(state, language))
        return Finding("printer", True, seen, say("printer_none_do", language))
    well = state.can_print
    return Finding(
        "printer",
        well,
        say("printer", language, state=printer_in_words(state, language)),
        "" if well else say("printer_do", language),
    )


def _camera(settings: Settings) -> Finding:
    language = settings.language
    try:
        camera = camera_of(settings)
        if camera is None:
            return Finding("camera", True, say("camera", language, state=say("camera_is_none", language)))
        camera.open()
        try:
            camera.read()
        finally:
            camera.close()
    except CameraUnavailable as error:
        state = say(f"camera_{error.fault}", language)
        if "camera" not in settings.model_fields_set:
            # Nobody asked for a camera: a counter with a scanner alone is well.
            seen = say("camera", language, state=state)
            return Finding("camera", True, seen, say("camera_none_do", language))
        return Finding("camera", False, say("camera", language, state=state), say("camera_do", language))
    except CameraAddressInvalid as error:
        state = say(error.fault, language)
        return Finding(
            "camera", False, say("camera", language, state=state), say("camera_address_do", language)
        )
    return Finding("camera", True, say("camera", language, state=say("camera_is_live", language)))
