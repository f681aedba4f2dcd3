"""Adjustments, a page at a time, and which of them look like others."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub_server.adjusting.queries import AdjustmentRow, adjustments_before, twins_of
from hub_server.adjusting.states import AdjustmentState
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_place, write_place

RECENT = timedelta(hours=24)
MAX_LOOK_ALIKES = 10
"""Whoever decides looks before that many."""


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


def look_alikes(
    connection: Connection, rows: Sequence[AdjustmentRow], at: datetime
) -> dict[str, tuple[str, ...]]:
    """By id of each that is open: others of the same card and amount, open or of the last 24 hours, newest first.

    They are likely the same case, proposed twice; the first ten are told.
    """
    open_ids = [row.id for row in rows if row.state is AdjustmentState.PROPOSED]
    found: dict[str, tuple[str, ...]] = dict.fromkeys(open_ids, ())
    for adjustment_id, other_id in twins_of(connection, open_ids, at - RECENT) if open_ids else ():
        if len(found[adjustment_id]) < MAX_LOOK_ALIKES:
            found[adjustment_id] += (other_id,)
    return found
