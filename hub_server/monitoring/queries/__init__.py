"""Reading and writing alerts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from hub_server.monitoring.rules import coalesce_detail
from hub_server.monitoring.states import AlertStatus
from hub_server.monitoring.tables import alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert; `count` of its kind about its subject were raised before anybody took it up."""

    id: str
    kind: str
    subject: str
    detail: dict[str, Any]
    status: AlertStatus
    count: int
    raised_at: datetime
    last_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    note: str | None


def repeat_alert(
    connection: Connection, kind: str, subject: str, detail: dict[str, Any], at: datetime
) -> bool:
    """Count one more of a kind about a subject that nobody took up yet; whether there was such an alert.

    Its detail becomes the new one, with what was told before (`rules.coalesce_detail`).
    """
    raised = and_(
        alerts.c.kind == kind, alerts.c.subject == subject, alerts.c.status == AlertStatus.RAISED.value
    )
    seen = connection.execute(
        select(alerts.c.id, alerts.c.detail, alerts.c.last_at).where(raised).with_for_update()
    ).first()
    if seen is None:
        return False
    told = coalesce_detail(seen.detail, seen.last_at, detail)
    connection.execute(
        update(alerts).where(alerts.c.id == seen.id).values(count=alerts.c.count + 1, last_at=at, detail=told)
    )
    return True


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
    return [_alert(row) for row in rows]


def find_alert(connection: Connection, alert_id: str) -> AlertRow | None:
    """An alert by id."""
    row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).first()
    return None if row is None else _alert(row)


def alerts_before(
    connection: Connection, status: AlertStatus | None, before: tuple[datetime, str] | None, limit: int
) -> list[AlertRow]:
    """Those in a status, or all, the newest first; `before` is the last one already seen."""
    query = select(alerts)
    if status is not None:
        query = query.where(alerts.c.status == status.value)
    if before is not None:
        at, alert_id = before
        older = and_(alerts.c.raised_at == at, alerts.c.id < alert_id)
        query = query.where(or_(alerts.c.raised_at < at, older))
    rows = connection.execute(query.order_by(alerts.c.raised_at.desc(), alerts.c.id.desc()).limit(limit))
    return [_alert(row) for row in rows]


def advance_alert(
    connection: Connection, alert_id: str, seen: AlertStatus, to: AlertStatus, changes: Mapping[str, Any]
) -> bool:
    """Compare and set; false if it is no longer in the status that was seen."""
    moved = connection.execute(
        update(alerts)
        .where(alerts.c.id == alert_id, alerts.c.status == seen.value)
        .values(status=to.value, **changes)
    )
    return moved.rowcount == 1


def was_raised_since(connection: Connection, kind: str, subject: str, since: datetime) -> bool:
    """Whether an alert of a kind about a subject was raised, or raised again, since then."""
    found = connection.execute(
        select(alerts.c.id)
        .where(alerts.c.kind == kind, alerts.c.subject == subject, alerts.c.last_at >= since)
        .limit(1)
    )
    return found.first() is not None


def _alert(row: Row[Any]) -> AlertRow:
    return AlertRow(**dict(row._mapping) | {"status": AlertStatus(row.status)})
