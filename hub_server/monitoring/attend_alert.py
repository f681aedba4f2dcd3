"""What people do with an alert: take it up, and be done with it; each step with who, when and a note."""

from datetime import datetime
from typing import Any

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.foundation.web.paging import read_place, write_place
from hub_server.monitoring.queries import AlertRow, advance_alert, alerts_before, find_alert
from hub_server.monitoring.states import TRANSITIONS, AlertStatus
from shared.problems import Code, CodedError


def acknowledge_alert(
    connection: Connection, *, alert_id: str, note: str | None, at: datetime, actor: Actor
) -> AlertRow:
    """Somebody looks after it; of one taken up already, by whomever, as it stands.

    Raises:
        CodedError: NOT_FOUND; CONTRADICTORY_ENTRY if it was resolved.
    """
    changes = {"acknowledged_at": at, "acknowledged_by": actor.id, "note": note}
    return _advance(connection, alert_id, AlertStatus.ACKNOWLEDGED, changes, at, actor)


def resolve_alert(
    connection: Connection, *, alert_id: str, note: str | None, at: datetime, actor: Actor
) -> AlertRow:
    """It is done with; of one resolved already, by whomever, as it stands.

    Raises:
        CodedError: NOT_FOUND; CONTRADICTORY_ENTRY if nobody took it up yet.
    """
    changes: dict[str, Any] = {"resolved_at": at, "resolved_by": actor.id}
    if note is not None:
        changes["note"] = note
    return _advance(connection, alert_id, AlertStatus.RESOLVED, changes, at, actor)


def list_alerts(
    connection: Connection, *, status: AlertStatus | None, limit: int, cursor: str | None
) -> tuple[list[AlertRow], str | None]:
    """Those in a status, or all, the newest first; and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    before = None if cursor is None else read_place(cursor)
    found = alerts_before(connection, status, before, limit + 1)
    page = found[:limit]
    return page, write_place(page[-1].raised_at, page[-1].id) if len(found) > limit else None


_NAMES = {
    AlertStatus.ACKNOWLEDGED: AuditName.ALERT_ACKNOWLEDGED,
    AlertStatus.RESOLVED: AuditName.ALERT_RESOLVED,
}


def _advance(
    connection: Connection,
    alert_id: str,
    to: AlertStatus,
    changes: dict[str, Any],
    at: datetime,
    actor: Actor,
) -> AlertRow:
    lock_rows(connection, "alert", [alert_id])
    seen = _read(connection, alert_id)
    if seen.status is to:
        return seen
    if to not in TRANSITIONS[seen.status]:
        raise CodedError(
            Code.CONTRADICTORY_ENTRY, f"an alert that is {seen.status.value} does not become {to.value}"
        )
    if not advance_alert(connection, alert_id, seen.status, to, changes):
        raise CodedError(Code.SYSTEM_BUSY, "somebody else attended to it meanwhile")
    event = actor.did(
        _NAMES[to], "alert", alert_id, kind=seen.kind, subject=seen.subject, note=changes.get("note")
    )
    record(connection, at, [event])
    return _read(connection, alert_id)


def _read(connection: Connection, alert_id: str) -> AlertRow:
    found = find_alert(connection, alert_id)
    if found is None:
        raise CodedError(Code.NOT_FOUND, "no such alert")
    return found
