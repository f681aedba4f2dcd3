"""`/admin/promotions`: factors on points for a while, and points granted once; each change is a version."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_place, write_place
from hub_server.foundation.web.path_ids import PathId
from hub_server.foundation.web.texts import Name
from hub_server.loyalty import MAX_DELTA
from hub_server.promotions import (
    MAX_NAME,
    GrantTrigger,
    PromotionKind,
    PromotionRow,
    PromotionTerms,
    change_promotion,
    create_promotion,
    newest_promotions,
    withdraw_promotion,
)
from shared.api.messages import Message, Request
from shared.clock import WireInstant, to_milliseconds
from shared.ids import Uuid7Text
from shared.problems import Code

MIN_FACTOR = 10_001
MAX_FACTOR = 1_000_000
_TRIGGERS: dict[GrantTrigger, Literal["registration", "first_charge"]] = {
    GrantTrigger.REGISTRATION: "registration",
    GrantTrigger.FIRST_CHARGE: "first_charge",
}


def _instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("an instant is text")
    moment = datetime.fromisoformat(value)
    try:
        return to_milliseconds(moment)
    except OverflowError as error:
        raise ValueError("beyond all calendars") from error


Moment = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""RFC 3339 with its offset, as people and their programs write it."""


class _Period(Request):
    """From `starts_at` until before `ends_at`; `merchant_id` for one merchant's charges alone."""

    name: Annotated[Name, StringConstraints(max_length=MAX_NAME)]
    merchant_id: Uuid7Text | None = None
    starts_at: Moment
    ends_at: Moment


class FactorTerms(_Period):
    """A factor on points, in 1/10,000; of several that run, the greatest counts alone."""

    kind: Literal["factor"]
    factor: Annotated[int, Field(ge=MIN_FACTOR, le=MAX_FACTOR)]

    @property
    def terms(self) -> PromotionTerms:
        """As the capability has it."""
        return PromotionTerms(
            name=self.name,
            kind=PromotionKind.FACTOR,
            factor=self.factor,
            merchant_id=self.merchant_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class GrantTerms(_Period):
    """Points given once a card, when a member registers or a card is charged for the first time."""

    kind: Literal["grant"]
    points: Annotated[int, Field(ge=1, le=MAX_DELTA)]
    trigger: Literal["registration", "first_charge"]

    @property
    def terms(self) -> PromotionTerms:
        """As the capability has it."""
        return PromotionTerms(
            name=self.name,
            kind=PromotionKind.GRANT,
            points=self.points,
            trigger=GrantTrigger(self.trigger),
            merchant_id=self.merchant_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


Terms = Annotated[FactorTerms | GrantTerms, Field(discriminator="kind")]


class SeenPromotion(Message):
    """The promotion's newest version; `state` at the time of the answer."""

    promotion_id: str
    version: int
    state: Literal["planned", "running", "over", "withdrawn"]
    name: str
    kind: Literal["factor", "grant"]
    factor: int | None = None
    points: int | None = None
    trigger: Literal["registration", "first_charge"] | None = None
    merchant_id: str | None = None
    starts_at: WireInstant
    ends_at: WireInstant
    changed_at: WireInstant
    changed_by: str


class PromotionList(Message):
    """A page of promotions, the last made first."""

    items: tuple[SeenPromotion, ...]
    next_cursor: str | None = None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/promotions", tags=["loyalty"])
    reader = Depends(admin_gate(context, Permission.READ))
    keeper = Depends(admin_gate(context, Permission.LOYALTY))

    def changed(work: Callable[[Connection, datetime], PromotionRow]) -> SeenPromotion:
        at = context.clock.now()
        return _seen(context.database.run(lambda connection: work(connection, at)), at)

    @routes.get("")
    def promotions(
        _session: Annotated[AdminSession, reader], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> PromotionList:
        """Every promotion as it is, the last made first."""
        before = None if cursor is None else read_place(cursor)[1]
        found = context.database.read(lambda c: newest_promotions(c, before=before, limit=limit + 1))
        page, at = found[:limit], context.clock.now()
        return PromotionList(
            items=tuple(_seen(each, at) for each in page),
            next_cursor=write_place(page[-1].created_at, page[-1].id) if len(found) > limit else None,
        )

    @routes.post("", status_code=201, responses=problems(Code.NOT_FOUND))
    def create(session: Annotated[AdminSession, keeper], request: Terms) -> SeenPromotion:
        """Make a promotion."""
        return changed(
            lambda c, at: create_promotion(c, context.ids, request.terms, at=at, actor=session.actor)
        )

    @routes.put("/{promotion_id}", responses=problems(Code.NOT_FOUND))
    def change(
        session: Annotated[AdminSession, keeper], promotion_id: PathId, request: Terms
    ) -> SeenPromotion:
        """Make the promotion's next version; its kind and its trigger stay."""
        return changed(
            lambda c, at: change_promotion(c, promotion_id, request.terms, at=at, actor=session.actor)
        )

    @routes.post("/{promotion_id}/withdraw", responses=problems(Code.NOT_FOUND))
    def withdraw(session: Annotated[AdminSession, keeper], promotion_id: PathId) -> SeenPromotion:
        """End the promotion for good; what it gave stays given."""
        return changed(lambda c, at: withdraw_promotion(c, promotion_id, at=at, actor=session.actor))

    return routes


def _seen(row: PromotionRow, at: datetime) -> SeenPromotion:
    terms = row.terms
    return SeenPromotion(
        promotion_id=row.id,
        version=row.version,
        state=_state(row, at),
        name=terms.name,
        kind="factor" if terms.kind is PromotionKind.FACTOR else "grant",
        factor=terms.factor,
        points=terms.points,
        trigger=None if terms.trigger is None else _TRIGGERS[terms.trigger],
        merchant_id=terms.merchant_id,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        changed_at=row.created_at,
        changed_by=row.created_by,
    )


def _state(row: PromotionRow, at: datetime) -> Literal["planned", "running", "over", "withdrawn"]:
    if row.is_withdrawn:
        return "withdrawn"
    if at < row.terms.starts_at:
        return "planned"
    return "running" if at < row.terms.ends_at else "over"
