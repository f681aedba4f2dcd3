"""The scheduled check: what is off is with a person within the hour (domain.md, KPIs)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hub_server.consistency.check import check
from hub_server.consistency.rules import Report
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import ALERT, News, enqueue
from shared.signing import HubKeys

_log = logging.getLogger("mps.hub.consistency")

ALERT_KIND: Final = "inconsistent"
MAX_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One scheduled check."""

    began_at: datetime
    ended_at: datetime
    report: Report


class ConsistencyWatch:
    """Checks now and then, keeps what the last check of this process found, and alerts people."""

    def __init__(self, context: Context, keys: HubKeys, tell_count: Callable[[int], None]) -> None:
        """`tell_count` is given how many findings there were."""
        self._context = context
        self._keys = keys
        self._tell_count = tell_count
        self._has_begun = False
        self.last: CheckRun | None = None

    def run_when_due(self) -> None:
        """The job: jobs are due at the start, and this one waits for its first interval; starting is busy enough."""
        if self._has_begun:
            self.run()
        self._has_begun = True

    def run(self) -> None:
        """Check on one snapshot, without a lock; one alert for each rule that is broken."""
        began_at = self._context.clock.now()
        report = self._context.database.read(lambda connection: check(connection, self._keys))
        self.last = CheckRun(began_at, self._context.clock.now(), report)
        self._tell_count(len(report.findings))
        if report.is_clean:
            return
        _log.error("the books are off", extra={"findings": len(report.findings)})
        news = [
            News(ALERT, _alert(name, report)) for name in sorted({each.check for each in report.findings})
        ]
        at = self._context.clock.now()
        self._context.database.run(lambda connection: enqueue(connection, at, news))


def _alert(name: str, report: Report) -> dict[str, object]:
    rows = [each.subject for each in report.findings if each.check == name]
    return {
        "kind": ALERT_KIND,
        "subject": name,
        "detail": {"rows": len(rows), "first": rows[:MAX_NAMED]},
    }
