"""Terminals as people see them: where each stands, and when it was last heard of."""

from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_place, write_place
from hub_server.terminals.queries.standings import TerminalFilter, TerminalStanding, terminals_before


def list_terminals(
    connection: Connection, wanted: TerminalFilter, *, limit: int, cursor: str | None
) -> tuple[list[TerminalStanding], str | None]:
    """The newest first, and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    before = None if cursor is None else read_place(cursor)
    found = terminals_before(connection, wanted, before, limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return page, write_place(page[-1].created_at, page[-1].terminal_id) if more else None


def terminal_standing(connection: Connection, terminal_id: str) -> TerminalStanding | None:
    """One terminal by id."""
    found = terminals_before(connection, TerminalFilter(terminal_id=terminal_id), None, 1)
    return found[0] if found else None
