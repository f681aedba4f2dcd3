"""Jobs that look whether refusals, or a busy database, pile up."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.monitoring.watch_gaps import watch_gaps
from hub_server.monitoring.watch_refusals import BUSY, raise_once, watch_refusals

LOOKS_PER_WINDOW: Final = 10
GAP_LOOK_MS: Final = 600_000
HUB: Final = "hub"


class BusyWatch:
    """How often this process has told somebody SYSTEM_BUSY within the last window."""

    def __init__(self, context: Context, total: Callable[[], int]) -> None:
        """`total`: how often since the process began."""
        self._context = context
        self._total = total
        self._seen: deque[tuple[int, int]] = deque([(context.clock.monotonic_ms(), 0)])

    def run(self) -> None:
        """Raise one alert when it was too often."""
        settings, now = self._context.settings, self._context.clock.monotonic_ms()
        window = timedelta(seconds=settings.refusals_window_s)
        total = self._total()
        self._seen.append((now, total))
        while now - self._seen[0][0] > settings.refusals_window_s * 1_000:
            self._seen.popleft()
        count = total - self._seen[0][1]
        if count < settings.refusals_alert_count:
            return
        at = self._context.clock.now()
        self._context.database.run(lambda c: raise_once(c, BUSY, HUB, count, at, window))


def refusals_job(context: Context) -> Job:
    """Looks several times within each window, so that people hear of it soon."""
    settings = context.settings

    def look() -> None:
        at, window = context.clock.now(), timedelta(seconds=settings.refusals_window_s)
        context.database.run(
            lambda c: watch_refusals(c, at, window=window, threshold=settings.refusals_alert_count)
        )

    return Job("monitoring.refusals", _interval_ms(context), look)


def busy_job(context: Context, total: Callable[[], int]) -> Job:
    """The same for SYSTEM_BUSY, which leaves no trace in the database."""
    return Job("monitoring.busy", _interval_ms(context), BusyWatch(context, total).run)


def gaps_job(context: Context) -> Job:
    """Looks for gaps in journals that are too old."""

    def look() -> None:
        context.database.run(lambda c: watch_gaps(c, context.clock.now()))

    return Job("monitoring.gaps", GAP_LOOK_MS, look)


def _interval_ms(context: Context) -> int:
    return max(1_000, context.settings.refusals_window_s * 1_000 // LOOKS_PER_WINDOW)
