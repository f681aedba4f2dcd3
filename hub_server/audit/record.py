"""Recording audit events in the transaction of what they tell of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from hub_server.audit.names import AuditName
from hub_server.audit.queries import insert_events
from hub_server.foundation.storage import Connection


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who (`actor`) did what to whom (`subject`). Kinds are short nouns; `data` is JSON without secrets."""

    name: AuditName
    actor_kind: str
    actor_id: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any] = field(default_factory=dict)


def record(connection: Connection, at: datetime, events: Sequence[AuditEvent]) -> None:
    """Write events in one statement."""
    if events:
        insert_events(connection, [{"at": at, **asdict(event)} for event in events])
