"""`/admin/terminals`: where they are, how they stand; made, suspended, resumed."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Name, Reason
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import (
    CreatedTerminal,
    SeenTerminal,
    SeenTerminals,
    TerminalFilter,
    TerminalStatus,
    create_terminal,
    list_terminals,
    replace_terminal,
    resume_terminal,
    retire_terminal,
    suspend_terminal,
    terminal_standing,
)
from shared.api.messages import Request
from shared.ids import Uuid7Text
from shared.problems import Code, CodedError


class TerminalToMake(Request):
    """A terminal of a store."""

    store_id: Uuid7Text
    name: Name


class WhyTerminal(Request):
    """Why it is suspended, may go on, or is retired."""

    reason: Reason


def router(context: Context, keys: HubSigningKeys) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/terminals", tags=["admin: terminals"])
    _add_reading(routes, context)
    _add_making(routes, context, keys)
    _add_status(routes, context)
    _add_retiring(routes, context, keys)
    return routes


def _add_reading(routes: APIRouter, context: Context) -> None:
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def terminals(
        _session: Annotated[AdminSession, reads],
        merchant_id: Uuid7Text | None = None,
        store_id: Uuid7Text | None = None,
        status: TerminalStatus | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> SeenTerminals:
        """Terminals of a merchant, a store, a status, or all; the newest first."""
        wanted = TerminalFilter(merchant_id=merchant_id, store_id=store_id, status=status)
        rows, after = context.database.read(lambda c: list_terminals(c, wanted, limit=limit, cursor=cursor))
        return SeenTerminals(items=tuple(SeenTerminal.of(row) for row in rows), next_cursor=after)

    @routes.get("/{terminal_id}", responses=problems(Code.NOT_FOUND))
    def one_terminal(_session: Annotated[AdminSession, reads], terminal_id: PathId) -> SeenTerminal:
        """One terminal."""
        known = known_form(terminal_id)
        return context.database.read(lambda c: _standing(c, known))


def _add_making(routes: APIRouter, context: Context, keys: HubSigningKeys) -> None:
    changes = Depends(admin_gate(context, Permission.TERMINALS))

    @routes.post("", status_code=201, responses=problems(Code.NOT_FOUND))
    def make_terminal(session: Annotated[AdminSession, changes], body: TerminalToMake) -> CreatedTerminal:
        """Make a terminal of a store; the answer holds its enrolment code, which is shown this once."""
        at = context.clock.now()
        new = context.database.run(
            lambda c: create_terminal(
                c, context, keys, store_id=body.store_id, name=body.name, at=at, actor=session.actor
            )
        )
        return CreatedTerminal.of(new, context.settings.base_url)


def _add_status(routes: APIRouter, context: Context) -> None:
    changes = Depends(admin_gate(context, Permission.TERMINALS))

    @routes.post("/{terminal_id}/suspend", responses=problems(Code.NOT_FOUND, Code.TERMINAL_NOT_ACTIVE))
    def suspend(
        session: Annotated[AdminSession, changes], terminal_id: PathId, body: WhyTerminal
    ) -> SeenTerminal:
        """Suspend an enrolled terminal; it is told, and its journal is still taken."""
        known, at = known_form(terminal_id), context.clock.now()

        def work(c: Connection) -> SeenTerminal:
            suspend_terminal(c, terminal_id=known, at=at, actor=session.actor, reason=body.reason)
            return _enrolled(_standing(c, known))

        return context.database.run(work)

    @routes.post("/{terminal_id}/resume", responses=problems(Code.NOT_FOUND, Code.TERMINAL_NOT_ACTIVE))
    def resume(
        session: Annotated[AdminSession, changes], terminal_id: PathId, body: WhyTerminal
    ) -> SeenTerminal:
        """Let a suspended terminal go on; it is told. What was held stays with people."""
        known, at = known_form(terminal_id), context.clock.now()

        def work(c: Connection) -> SeenTerminal:
            resume_terminal(c, terminal_id=known, at=at, actor=session.actor, reason=body.reason)
            return _enrolled(_standing(c, known))

        return context.database.run(work)


def _add_retiring(routes: APIRouter, context: Context, keys: HubSigningKeys) -> None:
    changes = Depends(admin_gate(context, Permission.TERMINALS))

    @routes.post("/{terminal_id}/retire", responses=problems(Code.NOT_FOUND))
    def retire(
        session: Annotated[AdminSession, changes], terminal_id: PathId, body: WhyTerminal
    ) -> SeenTerminal:
        """Retire a terminal for good; its journal is still taken, and what it asks waits for a person."""
        known, at = known_form(terminal_id), context.clock.now()

        def work(c: Connection) -> SeenTerminal:
            retire_terminal(c, terminal_id=known, at=at, actor=session.actor, reason=body.reason)
            return _standing(c, known)

        return context.database.run(work)

    @routes.post(
        "/{terminal_id}/replace",
        status_code=201,
        responses=problems(Code.NOT_FOUND, Code.TERMINAL_NOT_ACTIVE),
    )
    def replace(
        session: Annotated[AdminSession, changes], terminal_id: PathId, body: WhyTerminal
    ) -> CreatedTerminal:
        """Retire a terminal and make another in its place; the answer holds its enrolment code, shown this once."""
        known, at = known_form(terminal_id), context.clock.now()
        new = context.database.run(
            lambda c: replace_terminal(
                c, context, keys, terminal_id=known, at=at, actor=session.actor, reason=body.reason
            )
        )
        return CreatedTerminal.of(new, context.settings.base_url)


def _standing(connection: Connection, terminal_id: str) -> SeenTerminal:
    found = terminal_standing(connection, terminal_id)
    if found is None:
        raise CodedError(Code.NOT_FOUND)
    return SeenTerminal.of(found)


def _enrolled(seen: SeenTerminal) -> SeenTerminal:
    if seen.status in (TerminalStatus.CREATED, TerminalStatus.RETIRED):
        raise CodedError(Code.TERMINAL_NOT_ACTIVE, f"the terminal is {seen.status.value}")
    return seen
