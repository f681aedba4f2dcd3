"""`/merchant/terminals`: a merchant's own terminals."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hub_server.access import MerchantSession, Permission, merchant_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Name, Reason
from hub_server.merchant_api.own_stores import store_of_session, terminal_of_session
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import (
    CreatedTerminal,
    NewTerminal,
    SeenTerminal,
    SeenTerminals,
    TerminalFilter,
    TerminalStatus,
    create_terminal,
    list_terminals,
    replace_terminal,
    retire_terminal,
)
from shared.api.messages import Request
from shared.ids import Uuid7Text
from shared.problems import Code


class OwnTerminalToMake(Request):
    """A terminal of one of the merchant's stores."""

    store_id: Uuid7Text
    name: Name


class WhyOwnTerminal(Request):
    """Why it is retired."""

    reason: Reason


def router(context: Context, keys: HubSigningKeys) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/merchant/terminals", tags=["merchant"])
    _add_making(routes, context, keys)
    _add_retiring(routes, context, keys)
    return routes


def _add_making(routes: APIRouter, context: Context, keys: HubSigningKeys) -> None:
    reads = Depends(merchant_gate(context, Permission.OWN_READ))
    makes = Depends(merchant_gate(context, Permission.OWN_TERMINALS))

    @routes.get("", responses=problems(Code.NOT_FOUND))
    def terminals(
        session: Annotated[MerchantSession, reads],
        store_id: Uuid7Text | None = None,
        status: TerminalStatus | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> SeenTerminals:
        """The merchant's terminals, or a store's; the newest first. A manager sees those of one store."""

        def work(c: Connection) -> SeenTerminals:
            if store_id is not None:
                store_of_session(c, session, store_id)
            wanted = TerminalFilter(
                merchant_id=session.merchant_id, store_id=store_id or session.store_id, status=status
            )
            rows, after = list_terminals(c, wanted, limit=limit, cursor=cursor)
            return SeenTerminals(items=tuple(SeenTerminal.of(row) for row in rows), next_cursor=after)

        return context.database.read(work)

    @routes.post("", status_code=201, responses=problems(Code.NOT_FOUND))
    def make_terminal(session: Annotated[MerchantSession, makes], body: OwnTerminalToMake) -> CreatedTerminal:
        """Make a terminal of a store; the answer holds its enrolment code, which is shown this once."""
        at = context.clock.now()

        def work(c: Connection) -> NewTerminal:
            store = store_of_session(c, session, body.store_id)
            return create_terminal(
                c, context, keys, store_id=store.id, name=body.name, at=at, actor=session.actor
            )

        return CreatedTerminal.of(context.database.run(work), context.settings.base_url)


def _add_retiring(routes: APIRouter, context: Context, keys: HubSigningKeys) -> None:
    makes = Depends(merchant_gate(context, Permission.OWN_TERMINALS))

    @routes.post("/{terminal_id}/retire", responses=problems(Code.NOT_FOUND))
    def retire(
        session: Annotated[MerchantSession, makes], terminal_id: PathId, body: WhyOwnTerminal
    ) -> SeenTerminal:
        """Retire a terminal for good; its journal is still taken, and what it asks waits for a person."""
        known, at = known_form(terminal_id), context.clock.now()

        def work(c: Connection) -> SeenTerminal:
            terminal_of_session(c, session, known)
            retire_terminal(c, terminal_id=known, at=at, actor=session.actor, reason=body.reason)
            return SeenTerminal.of(terminal_of_session(c, session, known))

        return context.database.run(work)

    @routes.post(
        "/{terminal_id}/replace",
        status_code=201,
        responses=problems(Code.NOT_FOUND, Code.TERMINAL_NOT_ACTIVE),
    )
    def replace(
        session: Annotated[MerchantSession, makes], terminal_id: PathId, body: WhyOwnTerminal
    ) -> CreatedTerminal:
        """Retire a terminal and make another in its place; the answer holds its enrolment code, shown this once."""
        known, at = known_form(terminal_id), context.clock.now()

        def work(c: Connection) -> NewTerminal:
            terminal_of_session(c, session, known)
            return replace_terminal(
                c, context, keys, terminal_id=known, at=at, actor=session.actor, reason=body.reason
            )

        return CreatedTerminal.of(context.database.run(work), context.settings.base_url)
