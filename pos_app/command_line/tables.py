"""`journal list` and `status` for people: columns, amounts as decimals, times of the store's zone."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos_app.command_line.looking import Seen, look, read_facts
from pos_app.command_line.paper import columns
from pos_app.command_line.words import reason_of, say
from pos_app.hub_copy import HubFacts
from pos_app.journal import salvage
from pos_app.journal.read_back import JournalDamaged
from pos_app.settings import Settings
from pos_app.storage import Reading, Transaction
from shared.journal_entries import (
    AdviceData,
    ChargeData,
    Entry,
    EntryType,
    RefundData,
    verify_decision_on,
    verify_entry,
)
from shared.jws import BadSignature, MalformedJws
from shared.money import format_amount
from shared.problems import Language

_GAP: Final = "  "
_AMOUNT_COLUMN: Final = 3


def journal_table(settings: Settings) -> Iterator[str]:
    """Every entry as a line of a table with a head.

    Raises:
        NotEnrolled, StorageError: there is nothing to look at.
    """
    reading = Reading(settings.data_dir)
    try:
        facts = reading.read(read_facts)
        rows = [_heads(settings.language)]
        for found in salvage.rows(reading.read, salvage.last_known(reading.read)):
            if found.jws is None:
                raise JournalDamaged(found.seq, "cannot be read")
            entry = verify_entry(found.jws, facts.terminal_id, facts.own_verifier)
            rows.append(_entry_row(entry, found.decision, facts, settings.language))
    finally:
        reading.close()
    yield from _aligned(rows)


def status_table(settings: Settings) -> Iterator[str]:
    """Queue, limits, contact and devices, a line each.

    Raises:
        NotEnrolled, StorageError: there is nothing to look at.
    """
    reading = Reading(settings.data_dir)
    try:
        rows = reading.read(lambda tx: _status_rows(tx, settings))
    finally:
        reading.close()
    yield from _aligned(rows)


def _heads(language: Language) -> list[str]:
    heads = ("head_seq", "head_at", "head_type", "head_amount", "head_decided")
    return [say(head, language) for head in heads]


def _entry_row(entry: Entry, decision: str | None, facts: HubFacts, language: Language) -> list[str]:
    kind = entry.type_name if entry.type_name in {one.value for one in EntryType} else "other"
    amount = _amount_of(entry)
    return [
        str(entry.seq),
        _moment(entry.at, _zone_of(facts)),
        say(f"entry_{kind}", language),
        "" if amount is None else format_amount(amount, facts.policy.exponent),
        say(_decided(entry, decision, facts), language),
    ]


def _amount_of(entry: Entry) -> int | None:
    match entry.data:
        case ChargeData(amount=amount) | RefundData(amount=amount) | AdviceData(payable=amount):
            return amount
    return None


def _decided(entry: Entry, decision: str | None, facts: HubFacts) -> str:
    if decision is None:
        return "not_decided"
    try:
        return f"decided_{verify_decision_on(decision, entry, facts.keys).status}"
    except (MalformedJws, BadSignature):
        return "decided_unread"  # its key is not known any more; `journal verify` says more


def _status_rows(tx: Transaction, settings: Settings) -> list[list[str]]:
    seen, language = look(tx), settings.language
    facts, zone = seen.facts, _zone_of(seen.facts)
    queue = say("queue_empty", language)
    if seen.queue.oldest_at is not None:
        since = _moment(seen.queue.oldest_at, zone)
        queue = say("queue_waits", language, depth=seen.queue.depth, since=since)
    clock = "clock_well" if seen.plausible else "clock_behind"
    rows = (
        ("row_terminal", say(f"terminal_{facts.terminal_status}", language, no=facts.terminal_no)),
        ("row_store", facts.shop_name),
        ("row_hub", facts.hub),
        ("row_queue", queue),
        ("row_offline", _offline(seen, language)),
        ("row_contact", _moment(facts.contact, zone)),
        ("row_printer", _device(settings.printer, language)),
        ("row_camera", _device(settings.camera, language)),
        ("row_clock", say(clock, language, now=_moment(seen.now, zone))),
    )
    return [[say(name, language), value] for name, value in rows]


def _offline(seen: Seen, language: Language) -> str:
    left, exponent = seen.left, seen.facts.policy.exponent
    if left.refusal is not None:
        return say("offline_refused", language, reason=reason_of(left.refusal, language))
    text = say(
        "offline_left",
        language,
        left=format_amount(left.left_total, exponent),
        most=format_amount(left.max_total, exponent),
        count=left.left_count,
        each=format_amount(left.max_amount, exponent),
        until=_moment(left.until, _zone_of(seen.facts)),
        hours=left.room(seen.now).time_left_s // 3600,
        minutes=left.room(seen.now).time_left_s // 60 % 60,
    )
    return say("offline_manager", language, left=text) if left.needs_manager else text


def _device(address: str, language: Language) -> str:
    return say("device_none", language) if address == "none" else address


def _moment(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _zone_of(facts: HubFacts) -> tzinfo:
    try:
        return ZoneInfo(facts.store.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC  # a table in UTC is better than none


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell; a Chinese character takes two places."""
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - columns(cell))
            cells.append(space + cell if place == _AMOUNT_COLUMN else cell + space)
        yield _GAP.join(cells).rstrip()
