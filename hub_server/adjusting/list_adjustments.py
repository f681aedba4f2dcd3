"""Adjustments, a page at a time."""

from hub_server.adjusting.queries import AdjustmentRow, adjustments_before
from hub_server.adjusting.states import AdjustmentState
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_place, write_place


def list_adjustments(
    connection: Connection, *, state: AdjustmentState | None, limit: int, cursor: str | None
) -> tuple[list[AdjustmentRow], str | None]:
    """Those in a state, or all, the newest first; and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    before = None if cursor is None else read_place(cursor)
    found = adjustments_before(connection, state, before, limit + 1)
    page = found[:limit]
    more = len(found) > limit
    return page, write_place(page[-1].proposed_at, page[-1].id) if more else None
