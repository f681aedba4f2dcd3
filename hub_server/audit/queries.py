"""Writing audit events."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

from hub_server.audit.tables import audit_events


def insert_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert events in one statement."""
    connection.execute(insert(audit_events), list(rows))
