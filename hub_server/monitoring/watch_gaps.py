"""A gap in a journal that stays becomes an alert (protocol.md 5)."""

from datetime import datetime, timedelta
from typing import Final

from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.foundation.storage import Connection, try_lock
from hub_server.monitoring.queries import was_raised_since
from hub_server.monitoring.queries.journals import gaps_before
from shared.clock import to_wire

GAP: Final = "journal_gap"
OLD_AFTER: Final = timedelta(hours=24)


def watch_gaps(connection: Connection, at: datetime) -> list[str]:
    """Raise an alert for each gap older than 24 hours, once; the terminals it was raised for."""
    if not try_lock(connection, "monitoring", GAP):
        return []
    gaps = gaps_before(connection, at - OLD_AFTER)
    new = [gap for gap in gaps if not was_raised_since(connection, GAP, gap.terminal_id, gap.since)]
    news = [
        News(
            ALERT,
            {
                "kind": GAP,
                "subject": gap.terminal_id,
                "detail": {
                    "first_missing": gap.first_missing,
                    "reaches": gap.reaches,
                    "since": to_wire(gap.since),
                },
            },
        )
        for gap in new
    ]
    enqueue(connection, at, news)
    return [gap.terminal_id for gap in new]
