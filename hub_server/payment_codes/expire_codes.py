"""Use case: codes nobody used are marked expired, a bounded number at a time."""

from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.payment_codes.queries import advance_codes, overdue_codes
from hub_server.payment_codes.states import CodeState

SWEEP_LIMIT = 500


def expire_codes(connection: Connection, at: datetime, *, limit: int = SWEEP_LIMIT) -> int:
    """Mark live codes that expired before `at`; how many there were."""
    overdue = [code.code_ref for code in overdue_codes(connection, at, limit)]
    moved = advance_codes(connection, overdue, CodeState.LIVE, CodeState.EXPIRED, at=at, actor="sweep")
    return len(moved)
