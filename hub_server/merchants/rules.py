"""Merchants' codes, and the business days of their stores. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CODE_DIGITS = 6
MAX_CODE = 10**CODE_DIGITS - 1
_DAY = timedelta(days=1)


def code_of(number: int) -> str:
    """`M` and six digits (domain.md, Merchants)."""
    return f"M{number:0{CODE_DIGITS}d}"


def number_in(code: str) -> int:
    """The number of a merchant's code."""
    return int(code[1:])


def business_day(day: date, time_zone: str, day_starts_at: int) -> tuple[datetime, datetime]:
    """When a store's business day begins and when the next one does (domain.md, Days); aware UTC.

    A day on which clocks are changed is an hour shorter or longer.

    Raises:
        OverflowError: before or after all that a calendar holds.
    """
    zone, hour = ZoneInfo(time_zone), time(day_starts_at)
    begin, end = (datetime.combine(each, hour, zone) for each in (day, day + _DAY))
    return begin.astimezone(UTC), end.astimezone(UTC)
