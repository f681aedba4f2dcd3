"""Write what moved points. The card's cached points and tier are written by whoever holds the card's lock."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.loyalty.queries import insert_point_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PointChange:
    """One row of the point ledger: `after = before + change`, `change` not zero."""

    card_id: str
    change: int
    before: int
    after: int
    reason: str
    transaction_id: str | None
    at: datetime


def record_point_changes(connection: Connection, changes: Sequence[PointChange]) -> None:
    """Append to the point ledger, all in one statement, in the given order."""
    insert_point_rows(connection, [asdict(change) for change in changes])
