"""What the line row says of a `LineStatus` (design.md 2, 3). Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as words
from pos_app.syncing.line import LineState, LineStatus
from shared.money import format_amount
from shared.problems import Code


@dataclass(frozen=True, slots=True)
class LineWords:
    """The row: its mark, its sentence, whether it is the offline meter, and how much of the limit is left in 1/1000."""

    mark: str
    sentence: Phrase
    is_offline: bool
    left_permille: int | None = None


def line_words(status: LineStatus, zone: tzinfo, exponent: int) -> LineWords:
    """The row's words. The mark is ● only where everything is sent: no colour tells it alone."""
    if status.is_read_only:
        return LineWords("✕", words.ROW_READ_ONLY(), False)
    if status.state is LineState.OFFLINE:
        return _offline(status, zone, exponent)
    if status.state is LineState.CONNECTING:
        state = words.ROW_CONNECTING()
        mark = "◌"
    else:
        state = words.ROW_ONLINE()
        mark = "▲" if status.waiting else "●"
        if status.meter.clock_is_locked:
            return LineWords("▲", words.ROW_LOCKED(state=state), False)
    if status.waiting:
        return LineWords(mark, words.ROW_WAITING(state=state, count=f"{status.waiting:,}"), False)
    sentence = words.ROW_SENT(state=state) if status.state is LineState.ONLINE else state
    return LineWords(mark, sentence, False)


def beside_camera(status: LineStatus, now: datetime, zone: tzinfo, exponent: int) -> Phrase | None:
    """What stands beside the camera while nobody pays; `now` is the estimate of hub time. None while all is well."""
    meter = status.meter
    if status.is_read_only:
        return words.READ_ONLY_HINT()
    if status.state is not LineState.OFFLINE:
        return None
    if meter.clock_is_locked:
        return words.LOCKED_HINT()
    if meter.refusal is not None:
        return None  # the row says why, and there is nothing left to measure
    minutes = meter.room(now).time_left_s // 60
    said = words.METER_HINT(
        left=format_amount(meter.left_total, exponent),
        count=str(meter.left_count),
        hours=str(minutes // 60),
        minutes=str(minutes % 60),
    )
    if not status.waiting or status.oldest_waiting_at is None:
        return said
    oldest = _clock(status.oldest_waiting_at, zone)
    return words.METER_HINT_WAITING(meter=said, waiting=f"{status.waiting:,}", oldest=oldest)


def _offline(status: LineStatus, zone: tzinfo, exponent: int) -> LineWords:
    meter = status.meter
    since = _clock(status.since, zone)
    if meter.refusal is not None:
        refused = {
            Code.CLOCK_IMPLAUSIBLE: words.ROW_OFFLINE_CLOCK,
            Code.OFFLINE_NOT_ALLOWED: words.ROW_OFFLINE_DISABLED,
        }.get(meter.refusal.code, words.ROW_USED_UP)
        return LineWords("■", words.ROW_SINCE(sentence=refused(), since=since), True, 0)
    sentence = words.ROW_OFFLINE(
        since=since,
        left=format_amount(meter.left_total, exponent),
        total=format_amount(meter.max_total, exponent),
        count=str(meter.left_count),
        each=format_amount(meter.max_amount, exponent),
        until=_clock(meter.until, zone),
    )
    if meter.needs_manager:
        sentence = words.ROW_OFFLINE_PIN(meter=sentence)
    permille = meter.left_total * 1000 // meter.max_total if meter.max_total else 0
    return LineWords("■", sentence, True, permille)


def _clock(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")
