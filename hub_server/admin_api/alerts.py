"""`/admin/alerts`: what people have to look after (domain.md, Cases that people handle)."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Note
from hub_server.monitoring import AlertRow, AlertStatus, acknowledge_alert, list_alerts, resolve_alert
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.problems import Code


class Attention(Request):
    """What who looks after it says of it."""

    note: Note | None = None


_NO_NOTE = Attention()


class Alert(Message):
    """An alert; `count` of its kind about its subject came before anybody took it up. `…_by` are ids of admins."""

    id: str
    kind: str
    subject: str
    detail: dict[str, Any]
    status: AlertStatus
    count: int
    raised_at: WireInstant
    last_at: WireInstant
    acknowledged_at: WireInstant | None
    acknowledged_by: str | None
    resolved_at: WireInstant | None
    resolved_by: str | None
    note: str | None

    @classmethod
    def of(cls, row: AlertRow) -> "Alert":
        """The message of a row."""
        return cls.model_validate(asdict(row))


class AlertList(Message):
    """A page, the newest first."""

    items: tuple[Alert, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/alerts", tags=["admin: alerts"])
    reads = Depends(admin_gate(context, Permission.READ))
    attends = Depends(admin_gate(context, Permission.ALERTS))

    @routes.get("")
    def alerts(
        _session: Annotated[AdminSession, reads],
        status: AlertStatus | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> AlertList:
        """Alerts, the newest first; `status` keeps one kind."""
        rows, after = context.database.read(
            lambda c: list_alerts(c, status=status, limit=limit, cursor=cursor)
        )
        return AlertList(items=tuple(Alert.of(row) for row in rows), next_cursor=after)

    @routes.post("/{alert_id}/acknowledge", responses=problems(Code.NOT_FOUND, Code.CONTRADICTORY_ENTRY))
    def acknowledge(
        session: Annotated[AdminSession, attends], alert_id: PathId, body: Attention = _NO_NOTE
    ) -> Alert:
        """Take an alert up; one taken up already is answered as it stands."""
        known, at = known_form(alert_id), context.clock.now()
        return Alert.of(
            context.database.run(
                lambda c: acknowledge_alert(c, alert_id=known, note=body.note, at=at, actor=session.actor)
            )
        )

    @routes.post("/{alert_id}/resolve", responses=problems(Code.NOT_FOUND, Code.CONTRADICTORY_ENTRY))
    def resolve(
        session: Annotated[AdminSession, attends], alert_id: PathId, body: Attention = _NO_NOTE
    ) -> Alert:
        """Be done with an alert that somebody took up; one resolved already is answered as it stands."""
        known, at = known_form(alert_id), context.clock.now()
        return Alert.of(
            context.database.run(
                lambda c: resolve_alert(c, alert_id=known, note=body.note, at=at, actor=session.actor)
            )
        )

    return routes
