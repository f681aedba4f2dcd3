"""How far each terminal's journal has come, what waits of it, and what is wrong with it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.merchants import policy_in_force
from hub_server.monitoring.queries.journals import GapRow, forks_of, gaps_of, stopped_since, waiting_of
from hub_server.terminals import TerminalFilter, TerminalStanding, TerminalStatus, list_terminals
from shared.journal_entries import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """One terminal.

    Attributes:
        waiting: how many of its entries have no answer for ever yet, by status.
        waiting_payable: what it approved offline and the books do not hold yet, minor units.
        offline_allowance: what it may approve besides before its next contact, by the policy in force: at most so
            much of what it took is not known here.
    """

    terminal: TerminalStanding
    gap: GapRow | None
    waiting: dict[Status, int]
    waiting_payable: int
    forks: int
    stopped_since: datetime | None
    offline_allowance: int


def list_sync(
    connection: Connection, wanted: TerminalFilter, *, limit: int, cursor: str | None
) -> tuple[list[SyncState], str | None]:
    """The newest terminals first, and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    page, after = list_terminals(connection, wanted, limit=limit, cursor=cursor)
    ids = [terminal.terminal_id for terminal in page]
    gaps, forks, stopped = gaps_of(connection, ids), forks_of(connection, ids), stopped_since(connection, ids)
    waiting: dict[str, dict[Status, int]] = defaultdict(dict)
    payable: dict[str, int] = defaultdict(int)
    for row in waiting_of(connection, ids):
        waiting[row.terminal_id][row.status] = row.count
        payable[row.terminal_id] += row.payable
    allowances = {
        merchant_id: _allowance(connection, merchant_id) for merchant_id in {t.merchant_id for t in page}
    }
    return [
        SyncState(
            terminal=terminal,
            gap=gaps.get(terminal.terminal_id),
            waiting=waiting[terminal.terminal_id],
            waiting_payable=payable[terminal.terminal_id],
            forks=forks.get(terminal.terminal_id, 0),
            stopped_since=stopped.get(terminal.terminal_id),
            offline_allowance=allowances[terminal.merchant_id]
            if terminal.status is TerminalStatus.ACTIVE
            else 0,
        )
        for terminal in page
    ], after


def _allowance(connection: Connection, merchant_id: str) -> int:
    offline = policy_in_force(connection, merchant_id).offline
    return offline.max_total if offline.enabled else 0
