"""Use cases suspend_service and resume_service: nobody pays for a while (seed 4.2)."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.charging.queries import ServiceChange, insert_service_change, last_service_change
from hub_server.charging.states import ServiceState
from hub_server.foundation.storage import Connection, lock_rows

_SUBJECT_KIND, _SUBJECT = "service", "payments"


def service_state(connection: Connection) -> ServiceChange | None:
    """How the service was switched last; None where nobody ever did (it runs)."""
    return last_service_change(connection)


def suspend_service(connection: Connection, *, at: datetime, actor: Actor, reason: str) -> bool:
    """Answer every live charge SERVICE_SUSPENDED from now on; false if it is so already."""
    return _switch(connection, ServiceState.SUSPENDED, at, actor, reason)


def resume_service(connection: Connection, *, at: datetime, actor: Actor, reason: str) -> bool:
    """Let people pay again; false if they may already."""
    return _switch(connection, ServiceState.RUNNING, at, actor, reason)


def _switch(connection: Connection, to: ServiceState, at: datetime, actor: Actor, reason: str) -> bool:
    lock_rows(connection, _SUBJECT_KIND, [_SUBJECT])
    seen = last_service_change(connection)
    if (seen.state if seen is not None else ServiceState.RUNNING) is to:
        return False
    insert_service_change(
        connection, ServiceChange(state=to, reason=reason, at=at, actor=f"{actor.kind}:{actor.id}")
    )
    name = AuditName.SERVICE_SUSPENDED if to is ServiceState.SUSPENDED else AuditName.SERVICE_RESUMED
    record(connection, at, [actor.did(name, _SUBJECT_KIND, _SUBJECT, reason=reason)])
    return True
