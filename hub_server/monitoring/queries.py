"""Reading and writing alerts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub_server.monitoring.states import AlertStatus
from hub_server.monitoring.tables import alerts


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert that is not resolved."""

    id: str
    kind: str
    subject: str
    detail: dict[str, Any]
    status: AlertStatus
    count: int
    raised_at: datetime
    last_at: datetime


def repeat_alert(
    connection: Connection, kind: str, subject: str, detail: dict[str, Any], at: datetime
) -> bool:
    """Count one more of a kind about a subject that nobody took up yet; whether there was such an alert."""
    done = connection.execute(
        update(alerts)
        .where(alerts.c.kind == kind, alerts.c.subject == subject, alerts.c.status == AlertStatus.RAISED)
        .values(count=alerts.c.count + 1, last_at=at, detail=detail)
    )
    return done.rowcount > 0


def insert_alert(
    connection: Connection, *, alert_id: str, kind: str, subject: str, detail: dict[str, Any], at: datetime
) -> None:
    """Insert a raised alert."""
    connection.execute(
        insert(alerts).values(
            id=alert_id,
            kind=kind,
            subject=subject,
            detail=detail,
            status=AlertStatus.RAISED,
            raised_at=at,
            last_at=at,
        )
    )


def open_alerts(connection: Connection) -> list[AlertRow]:
    """Every alert that is not resolved, the oldest first."""
    rows = connection.execute(
        select(alerts)
        .where(alerts.c.status != AlertStatus.RESOLVED)
        .order_by(alerts.c.raised_at, alerts.c.id)
    )
    return [
        AlertRow(
            row.id,
            row.kind,
            row.subject,
            row.detail,
            AlertStatus(row.status),
            row._mapping["count"],
            row.raised_at,
            row.last_at,
        )
        for row in rows
    ]
