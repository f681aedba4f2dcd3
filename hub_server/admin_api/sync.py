"""`/admin/sync`: how far each terminal's journal has come, and what is wrong with it."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, current_incarnation
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.monitoring import SyncState, list_sync
from hub_server.terminals import TerminalFilter, TerminalStatus
from shared.api.messages import Message
from shared.clock import WireInstant
from shared.ids import Uuid7Text


class Gap(Message):
    """A missing entry behind which others are there already; `since` the first of those came."""

    first_missing: int
    reaches: int
    since: WireInstant


class Waiting(Message):
    """How many entries have no answer for ever yet; `payable`: what was approved offline by them, minor units."""

    held: int
    pending: int
    unconfirmed: int
    payable: int


class SyncedTerminal(Message):
    """A terminal's journal. `verified_through`: the end of the unbroken chain (-1: nothing yet); `head_seq`: the last
    entry that it said it has; `forks`: entries that contradict the journal; `offline_allowance`: what it may approve
    before its next contact, minor units; `stopped_since`: of a suspended or retired one."""

    terminal_id: str
    terminal_no: str
    name: str
    merchant_id: str
    store_id: str
    status: TerminalStatus
    last_contact: WireInstant | None
    verified_through: int
    head_seq: int | None
    gap: Gap | None
    waiting: Waiting
    forks: int
    stopped_since: WireInstant | None
    offline_allowance: int

    @classmethod
    def of(cls, state: SyncState) -> "SyncedTerminal":
        """The message of a state."""
        terminal, gap = state.terminal, state.gap
        counts = {status.value: count for status, count in state.waiting.items()}
        return cls(
            terminal_id=terminal.terminal_id,
            terminal_no=terminal.terminal_no,
            name=terminal.name,
            merchant_id=terminal.merchant_id,
            store_id=terminal.store_id,
            status=terminal.status,
            last_contact=terminal.last_contact,
            verified_through=terminal.verified_through,
            head_seq=terminal.head_seq,
            gap=Gap(first_missing=gap.first_missing, reaches=gap.reaches, since=gap.since) if gap else None,
            waiting=Waiting(
                held=counts.get("held", 0),
                pending=counts.get("pending", 0),
                unconfirmed=counts.get("unconfirmed", 0),
                payable=state.waiting_payable,
            ),
            forks=state.forks,
            stopped_since=state.stopped_since,
            offline_allowance=state.offline_allowance,
        )


class SyncList(Message):
    """A page, the newest terminals first; `incarnation` is the hub's present one."""

    incarnation: str
    items: tuple[SyncedTerminal, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The route, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/sync", tags=["admin: recovery"])
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def sync(
        _session: Annotated[AdminSession, reads],
        merchant_id: Uuid7Text | None = None,
        store_id: Uuid7Text | None = None,
        status: TerminalStatus | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> SyncList:
        """How the journals of a merchant's, a store's or all terminals stand."""
        wanted = TerminalFilter(merchant_id=merchant_id, store_id=store_id, status=status)

        def page(connection: Connection) -> SyncList:
            states, after = list_sync(connection, wanted, limit=limit, cursor=cursor)
            return SyncList(
                incarnation=current_incarnation(connection),
                items=tuple(SyncedTerminal.of(state) for state in states),
                next_cursor=after,
            )

        return context.database.read(page)

    return routes
