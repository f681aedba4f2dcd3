"""`GET /me/cards` and `GET /me/transactions`."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hub_server.access import MemberSession, member_gate
from hub_server.bindings.list_for_member import list_cards, list_transactions
from hub_server.foundation.context import Context
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from shared.api.members import CardList, TransactionList


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/me", tags=["members"])
    gate = Depends(member_gate(context))

    @routes.get("/cards")
    def my_cards(
        session: Annotated[MemberSession, gate], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> CardList:
        """The cards the member may see, in the order in which they were issued."""
        return context.database.read(
            lambda connection: list_cards(connection, session.member.id, limit=limit, cursor=cursor)
        )

    @routes.get("/transactions")
    def my_transactions(
        session: Annotated[MemberSession, gate], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> TransactionList:
        """What moved on those cards, newest first."""
        return context.database.read(
            lambda connection: list_transactions(connection, session.member.id, limit=limit, cursor=cursor)
        )

    return routes
