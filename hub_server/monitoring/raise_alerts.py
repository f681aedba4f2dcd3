"""Alerts from the outbox. Those of one kind about one subject are coalesced while nobody took them up."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from hub_server.foundation.outbox import Handler, OutboxRow
from hub_server.foundation.storage import Connection
from hub_server.monitoring.queries import insert_alert, repeat_alert
from shared.ids import IdSource

_log = logging.getLogger("mps.hub.monitoring")


class _Alert(BaseModel):
    """The payload of an `alert` row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Annotated[str, StringConstraints(min_length=1, max_length=48)]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    detail: dict[str, Any]


def alert_handler(ids: IdSource) -> Handler:
    """Handles the topic `alert`."""

    def handle(connection: Connection, _at: datetime, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            alert = _Alert.model_validate(row.payload)
            at = row.created_at
            if not repeat_alert(connection, alert.kind, alert.subject, alert.detail, at):
                insert_alert(
                    connection,
                    alert_id=ids.new(),
                    kind=alert.kind,
                    subject=alert.subject,
                    detail=alert.detail,
                    at=at,
                )
                _log.info("alert raised", extra={"kind": alert.kind, "subject": alert.subject})

    return handle
