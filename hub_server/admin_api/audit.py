"""`/admin/audit`: who did what, when."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.audit import AuditName, EventFilter, StoredEvent, list_events
from hub_server.foundation.context import Context
from hub_server.foundation.web.instants import AskedInstant
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_serial, write_serial
from shared.api.messages import Message
from shared.clock import WireInstant

Kind = Annotated[str | None, Query(min_length=1, max_length=16, pattern="^[a-z_]+$")]
Identifier = Annotated[str | None, Query(min_length=1, max_length=64, pattern="^[!-~]+$")]


class AuditItem(Message):
    """An event as it was written: the actor did `name` to the subject."""

    id: int
    name: str
    at: WireInstant
    actor_kind: str
    actor_id: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any]

    @classmethod
    def of(cls, event: StoredEvent) -> "AuditItem":
        """The message of an event."""
        return cls(
            id=event.id,
            name=event.name,
            at=event.at,
            actor_kind=event.actor_kind,
            actor_id=event.actor_id,
            subject_kind=event.subject_kind,
            subject_id=event.subject_id,
            data=json.loads(event.data),
        )


class AuditList(Message):
    """A page, the newest first."""

    items: tuple[AuditItem, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The route, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/audit", tags=["admin: audit"])
    audits = Depends(admin_gate(context, Permission.AUDIT))

    @routes.get("")
    def audit(
        _session: Annotated[AdminSession, audits],
        subject_kind: Kind = None,
        subject_id: Identifier = None,
        name: AuditName | None = None,
        since: Annotated[AskedInstant | None, Query(alias="from")] = None,
        until: Annotated[AskedInstant | None, Query(alias="to")] = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> AuditList:
        """Audit events, the newest first: about a subject, of a name, from an instant on and before another."""
        before = None if cursor is None else read_serial(cursor)
        wanted = EventFilter(
            subject_kind=subject_kind,
            subject_id=subject_id,
            name=None if name is None else name.value,
            since=since,
            until=until,
        )
        found = context.database.read(lambda c: list_events(c, wanted, before, limit + 1))
        page = found[:limit]
        after = write_serial(page[-1].id) if len(found) > limit else None
        return AuditList(items=tuple(AuditItem.of(event) for event in page), next_cursor=after)

    return routes
