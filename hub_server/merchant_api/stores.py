"""`/merchant/stores`: a merchant's own stores."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from hub_server.access import MerchantSession, Permission, merchant_gate
from hub_server.foundation.context import Context
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_id, write_id
from hub_server.foundation.web.texts import Address, Name
from hub_server.merchant_api.own_stores import seen_stores
from hub_server.merchants import NewStore, create_store, store_profile
from shared.api.messages import Message, Request
from shared.api.terminals import StoreProfile


class StoreToMake(Request):
    """A store; its business day begins at that hour of its time zone."""

    name: Name
    address: Address = ""
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "Asia/Taipei"
    day_starts_at: Annotated[int, Field(ge=0, le=23)] = 4


class StoreList(Message):
    """A page, the oldest first."""

    items: tuple[StoreProfile, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/merchant/stores", tags=["merchant"])
    reads = Depends(merchant_gate(context, Permission.OWN_READ))
    makes = Depends(merchant_gate(context, Permission.OWN_STORES))

    @routes.get("")
    def stores(
        session: Annotated[MerchantSession, reads], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> StoreList:
        """The merchant's stores, the oldest first; a manager sees one."""
        after = None if cursor is None else read_id(cursor)
        rows = context.database.read(lambda c: seen_stores(c, session, after=after, limit=limit + 1))
        page = rows[:limit]
        return StoreList(
            items=tuple(store_profile(row) for row in page),
            next_cursor=write_id(page[-1].id) if len(rows) > limit else None,
        )

    @routes.post("", status_code=201)
    def make_store(session: Annotated[MerchantSession, makes], body: StoreToMake) -> StoreProfile:
        """Make a store."""
        at = context.clock.now()
        new = NewStore(merchant_id=session.merchant_id, **body.model_dump())
        row = context.database.run(lambda c: create_store(c, context, new, at=at, actor=session.actor))
        return store_profile(row)

    return routes
