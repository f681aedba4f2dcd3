"""`/merchant/api-keys`: the keys of a merchant's other systems."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import Field, StringConstraints

from hub_server.access import (
    ApiKeyRow,
    MerchantSession,
    Permission,
    end_api_key,
    issue_api_key,
    list_api_keys,
    merchant_gate,
)
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.problems import Code

Scope = Literal["charge", "refund", "read"]


class KeyWanted(Request):
    """`replaces`: the id of a key that goes on for a while beside the new one, and then ends."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3)]
    replaces: Uuid7Text | None = None


class ApiKey(Message):
    """A key without the key; `hint` is its last characters."""

    id: str
    name: str | None
    hint: str | None
    scopes: tuple[str, ...]
    created_at: WireInstant
    expires_at: WireInstant | None
    revoked_at: WireInstant | None

    @classmethod
    def of(cls, row: ApiKeyRow) -> "ApiKey":
        """The message of a row."""
        return cls(**_told(row))


class NewApiKey(ApiKey):
    """A key, shown once: the hub keeps its hash alone."""

    key: Annotated[str, Field(repr=False)]


class ApiKeyList(Message):
    """A page, the newest first, those that ended among them."""

    items: tuple[ApiKey, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/merchant/api-keys", tags=["merchant"])
    own_keys = Depends(merchant_gate(context, Permission.OWN_KEYS))

    @routes.get("")
    def api_keys(
        session: Annotated[MerchantSession, own_keys], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> ApiKeyList:
        """The merchant's API keys."""
        rows, after = context.database.read(
            lambda c: list_api_keys(c, session.merchant_id, limit=limit, cursor=cursor)
        )
        return ApiKeyList(items=tuple(ApiKey.of(row) for row in rows), next_cursor=after)

    @routes.post("", status_code=201, responses=problems(Code.NOT_FOUND))
    def make_api_key(session: Annotated[MerchantSession, own_keys], body: KeyWanted) -> NewApiKey:
        """A new API key; it is in the answer alone."""
        at = context.clock.now()
        issued = context.database.run(
            lambda c: issue_api_key(
                c,
                context,
                merchant_id=session.merchant_id,
                name=body.name,
                scopes=body.scopes,
                replaces=body.replaces,
                at=at,
                actor=session.actor,
            )
        )
        return NewApiKey(**_told(issued.row), key=issued.key)

    @routes.delete("/{key_id}", status_code=204, responses=problems(Code.NOT_FOUND))
    def revoke(session: Annotated[MerchantSession, own_keys], key_id: PathId) -> Response:
        """End a key at once."""
        at = context.clock.now()
        context.database.run(
            lambda c: end_api_key(
                c, merchant_id=session.merchant_id, key_id=key_id, at=at, actor=session.actor
            )
        )
        return Response(status_code=204)

    return routes


def _told(row: ApiKeyRow) -> dict[str, Any]:
    told = asdict(row)
    del told["merchant_id"]
    return told
