"""Points by hand and the tier table: `POST /admin/cards/{id}/points`, `GET` and `PUT /admin/tiers`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import Field

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_serial, write_serial
from hub_server.foundation.web.path_ids import PathId
from hub_server.foundation.web.texts import Reason
from hub_server.loyalty import (
    MAX_DELTA,
    Tier,
    TierTable,
    TierVersion,
    adjust_points,
    set_tiers,
    tier_versions,
)
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.problems import Code, CodedError, FieldError
from shared.rates import FULL_RATE

MAX_TIERS = 20
MAX_THRESHOLD = 1_000_000_000_000

RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        pattern="^[!-~]+$",
        description="The same request under the same key moves the points once.",
    ),
]


class PointsRequest(Request):
    """`delta` is given (above 0) or taken (below 0)."""

    delta: Annotated[
        int, Field(ge=-MAX_DELTA, le=MAX_DELTA, json_schema_extra={"not": {"const": 0}}, examples=[100])
    ]
    reason: Reason


class PointsAdjusted(Message):
    """`points` and `tier` as they are after it."""

    card_id: str
    delta: int
    before: int
    points: int
    tier: int


class TierStep(Request):
    """From how many points on the tier begins, and its rate in 1/10,000."""

    tier: Annotated[int, Field(ge=0, le=99)]
    from_points: Annotated[int, Field(ge=0, le=MAX_THRESHOLD)]
    rate: Annotated[int, Field(ge=0, le=FULL_RATE)]


class TiersRequest(Request):
    """The whole table: it ascends, and begins with tier 0 from 0 points."""

    tiers: Annotated[list[TierStep], Field(min_length=1, max_length=MAX_TIERS)]


class SeenTiers(Message):
    """A version of the table; `created_by` is an admin's id, none for the first."""

    version: int
    tiers: tuple[TierStep, ...]
    in_force: bool
    created_at: WireInstant
    created_by: str | None


class TierList(Message):
    """A page of versions, the newest first."""

    items: tuple[SeenTiers, ...]
    next_cursor: str | None = None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin", tags=["loyalty"])
    reader = Depends(admin_gate(context, Permission.READ))
    keeper = Depends(admin_gate(context, Permission.LOYALTY))

    @routes.post(
        "/cards/{card_id}/points",
        responses=problems(
            Code.CARD_NOT_FOUND, Code.CARD_TYPE_HAS_NO_POINTS, Code.INVALID_AMOUNT, Code.IDEMPOTENCY_CONFLICT
        ),
    )
    def adjust(
        session: Annotated[AdminSession, keeper],
        card_id: PathId,
        request: PointsRequest,
        idempotency_key: RequestKey = None,
    ) -> PointsAdjusted:
        """update_points_and_level: give or take points, with a reason; the tier follows."""
        at = context.clock.now()
        done = context.database.run(
            lambda connection: adjust_points(
                connection,
                card_id=card_id,
                delta=request.delta,
                reason=request.reason,
                at=at,
                actor=session.actor,
                request_key=idempotency_key,
            )
        )
        return PointsAdjusted(
            card_id=done.card_id, delta=done.change, before=done.before, points=done.after, tier=done.tier
        )

    @routes.get("/tiers")
    def tiers(
        _session: Annotated[AdminSession, reader], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> TierList:
        """Every version of the tier table, the newest first, which is the one in force."""
        below = None if cursor is None else read_serial(cursor)
        [newest, *found] = context.database.read(
            lambda connection: [
                *tier_versions(connection, below=None, limit=1),
                *tier_versions(connection, below=below, limit=limit + 1),
            ]
        )
        page = found[:limit]
        return TierList(
            items=tuple(_seen(each, in_force=each.version == newest.version) for each in page),
            next_cursor=write_serial(page[-1].version) if len(found) > limit else None,
        )

    @routes.put("/tiers")
    def put_tiers(session: Annotated[AdminSession, keeper], request: TiersRequest) -> SeenTiers:
        """Make the next version. Cards have their new tier at once; signed codes keep their rate."""
        table, at = _table(request), context.clock.now()
        made = context.database.run(
            lambda connection: set_tiers(connection, table, at=at, actor=session.actor)
        )
        return _seen(made, in_force=True)

    return routes


def _table(request: TiersRequest) -> TierTable:
    try:
        return TierTable(
            tuple(
                Tier(tier=each.tier, from_points=each.from_points, rate=each.rate) for each in request.tiers
            )
        )
    except ValueError as error:
        field = FieldError(pointer="/tiers", detail=str(error))
        raise CodedError(Code.INVALID_REQUEST, "the tiers do not make a table", fields=(field,)) from error


def _seen(version: TierVersion, *, in_force: bool) -> SeenTiers:
    return SeenTiers(
        version=version.version,
        tiers=tuple(
            TierStep(tier=step.tier, from_points=step.from_points, rate=step.rate)
            for step in version.table.tiers
        ),
        in_force=in_force,
        created_at=version.created_at,
        created_by=version.created_by,
    )
