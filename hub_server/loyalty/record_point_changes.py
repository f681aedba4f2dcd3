"""Write what moved points. The card's cached points and tier are written by whoever holds the card's lock."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditEvent, AuditName, record
from hub_server.foundation.storage import Connection
from hub_server.loyalty.queries import insert_point_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PointChange:
    """One row of the point ledger: `after = before + change`, `change` not zero.

    `request_hash` names the request of an adjustment that must not happen twice.
    """

    card_id: str
    change: int
    before: int
    after: int
    reason: str
    transaction_id: str | None
    at: datetime
    request_hash: bytes | None = None


def record_point_changes(connection: Connection, changes: Sequence[PointChange], *, actor: Actor) -> None:
    """Append to the point ledger, all in one statement, in the given order, with an audit event for each."""
    insert_point_rows(connection, [asdict(change) for change in changes])
    by_time: dict[datetime, list[AuditEvent]] = {}
    for change in changes:
        event = actor.did(
            AuditName.POINTS,
            "card",
            change.card_id,
            change=change.change,
            after=change.after,
            reason=change.reason,
        )
        by_time.setdefault(change.at, []).append(event)
    for at, events in by_time.items():
        record(connection, at, events)
