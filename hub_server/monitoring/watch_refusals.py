"""Refusals that pile up become one alert for each code (domain.md, Charge)."""

from datetime import datetime, timedelta

from hub_server.audit import AuditName, count_by_code
from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.foundation.storage import Connection, try_lock
from hub_server.monitoring.queries import was_raised_since

REFUSALS = "refusals_piled_up"
BUSY = "system_busy_piled_up"
_NAMES = (AuditName.PAYMENT_DECLINED, AuditName.REFUND_DECLINED, AuditName.ENTRY_REFUSED)


def watch_refusals(connection: Connection, at: datetime, *, window: timedelta, threshold: int) -> list[str]:
    """Raise an alert for each code that was the answer so often within the window; those codes.

    Within one window each code is told of once, by whichever node looks first.
    """
    if not try_lock(connection, "monitoring", REFUSALS):
        return []
    counts = count_by_code(connection, [name.value for name in _NAMES], at - window)
    piled = sorted(code for code, count in counts.items() if count >= threshold)
    return [code for code in piled if raise_once(connection, REFUSALS, code, counts[code], at, window)]


def raise_once(
    connection: Connection, kind: str, subject: str, count: int, at: datetime, window: timedelta
) -> bool:
    """Raise an alert unless the same was raised within the window; whether it was."""
    if was_raised_since(connection, kind, subject, at - window):
        return False
    detail = {"count": count, "window_s": window // timedelta(seconds=1)}
    enqueue(connection, at, [News(ALERT, {"kind": kind, "subject": subject, "detail": detail})])
    return True
