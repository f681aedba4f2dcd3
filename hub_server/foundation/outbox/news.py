"""What an outbox row says."""

from dataclasses import dataclass
from typing import Any

FEED = "feed"
ALERT = "alert"
OUTBOX = "outbox"
"""The subject of `Database.listen` that tells of new rows."""


@dataclass(frozen=True, slots=True)
class News:
    """Something to tell upwards; `payload` is a JSON document without secrets.

    Topic `feed`: `{kind, merchant_id?, store_id?, terminal_id?, data}`; topic `alert`: `{kind, subject, detail}`.
    """

    topic: str
    payload: dict[str, Any]
