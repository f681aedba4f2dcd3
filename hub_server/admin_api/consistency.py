"""`/admin/consistency`: what the last scheduled check of this process found."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.consistency import ConsistencyWatch
from hub_server.foundation.context import Context
from shared.api.messages import Message
from shared.clock import WireInstant

MAX_SHOWN = 200


class FoundRow(Message):
    """One row that is not as it must be."""

    check: str
    subject: str
    detail: str


class Consistency(Message):
    """The last check; all null before the first. `findings` are the first of `finding_count`."""

    began_at: WireInstant | None
    ended_at: WireInstant | None
    is_clean: bool | None
    finding_count: int | None
    looked_at: dict[str, int]
    findings: tuple[FoundRow, ...]


def router(context: Context, watch: ConsistencyWatch) -> APIRouter:
    """The route, bound to a hub and its scheduled check."""
    routes = APIRouter(prefix="/api/v1/admin/consistency", tags=["admin: consistency"])
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def consistency(_session: Annotated[AdminSession, reads]) -> Consistency:
        """What the last scheduled check found."""
        last = watch.last
        if last is None:
            return Consistency(
                began_at=None, ended_at=None, is_clean=None, finding_count=None, looked_at={}, findings=()
            )
        return Consistency(
            began_at=last.began_at,
            ended_at=last.ended_at,
            is_clean=last.report.is_clean,
            finding_count=len(last.report.findings),
            looked_at=last.report.looked_at,
            findings=tuple(
                FoundRow(check=each.check, subject=each.subject, detail=each.detail)
                for each in last.report.findings[:MAX_SHOWN]
            ),
        )

    return routes
