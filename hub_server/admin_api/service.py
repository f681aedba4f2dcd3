"""The switch that suspends payments: `GET` and `PUT /admin/service`."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import StringConstraints

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.charging import ServiceChange, ServiceState, resume_service, service_state, suspend_service
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from shared.api.messages import Message, Request
from shared.clock import WireInstant


class ServiceRequest(Request):
    """Whether payments are to be suspended, and why."""

    suspended: bool
    reason: Annotated[
        str,
        StringConstraints(min_length=1, max_length=200, pattern=r"\S"),
    ]


class SeenService(Message):
    """How payments stand; `reason`, `since` and `by` are missing where nobody ever suspended them."""

    suspended: bool
    reason: str | None = None
    since: WireInstant | None = None
    by: str | None = None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/service", tags=["admin: service"])
    may_read = Depends(admin_gate(context, Permission.READ))
    may_switch = Depends(admin_gate(context, Permission.SERVICE))

    @routes.get("", dependencies=[may_read])
    def see_service() -> SeenService:
        """Whether payments are suspended, since when, by whom and why."""
        return _seen(context.database.read(service_state))

    @routes.put("")
    def switch_service(body: ServiceRequest, session: Annotated[AdminSession, may_switch]) -> SeenService:
        """Suspend payments, or let people pay again; what stands so already stays as it is.

        Meanwhile nothing is decided: live charges are answered SERVICE_SUSPENDED, and may be sent again.
        """
        at = context.clock.now()
        switch = suspend_service if body.suspended else resume_service

        def work(connection: Connection) -> ServiceChange | None:
            switch(connection, at=at, actor=session.actor, reason=body.reason)
            return service_state(connection)

        return _seen(context.database.run(work))

    return routes


def _seen(change: ServiceChange | None) -> SeenService:
    if change is None:
        return SeenService(suspended=False)
    return SeenService(
        suspended=change.state is ServiceState.SUSPENDED,
        reason=change.reason,
        since=change.at,
        by=change.actor,
    )
