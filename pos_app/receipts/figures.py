"""How figures are written on a receipt, beside money: counts, the member's discount, local times."""

from datetime import datetime, tzinfo

FULL_RATE = 10_000


def count_text(count: int) -> str:
    """A number of slips or points: ``1530`` → ``1,530``."""
    return f"{count:,}"


def tenths_text(rate: int) -> str:
    """A rate in 1/10,000 as Chinese discounts are said: 9500 → ``95`` (95 折), 9000 → ``9``, 8550 → ``85.5``."""
    if rate % 1000 == 0:
        return str(rate // 1000)
    return _hundredths_text(rate)


def percent_off_text(rate: int) -> str:
    """What a rate in 1/10,000 takes off, in percent: 9500 → ``5``, 8550 → ``14.5``."""
    return _hundredths_text(FULL_RATE - rate)


def _hundredths_text(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def local_time(at: datetime, zone: tzinfo, pattern: str) -> str:
    """An aware instant as the shop's clock shows it."""
    return at.astimezone(zone).strftime(pattern)
