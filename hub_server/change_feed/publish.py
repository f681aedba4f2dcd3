"""Publishing: news of changes that were committed get their place in the feed, one publisher at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from hub_server.change_feed.look import hub_time_at
from hub_server.change_feed.queries import (
    insert_events,
    last_place,
    lock_feed,
    mark_codes_told,
    mark_merchants_told,
    mark_policies_told,
    mark_posts_told,
    mark_terminals_told,
)
from hub_server.foundation.outbox import Handler, OutboxRow
from hub_server.foundation.storage import Connection, tell_after_commit
from shared.api.changes import ChangeKind
from shared.clock import Clock
from shared.ids import Uuid7Text

FEED_SUBJECT = "feed"
"""The subject of `Database.listen` that tells of new events."""

TICK = timedelta(milliseconds=1)


class _Change(BaseModel):
    """The payload of a `feed` row; what is not sent to terminals names rows that are marked as told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ChangeKind
    merchant_id: Uuid7Text | None = None
    store_id: Uuid7Text | None = None
    terminal_id: Uuid7Text | None = None
    change_id: int | None = None
    posts_begun: tuple[Uuid7Text, ...] = ()
    posts_ended: tuple[Uuid7Text, ...] = ()
    data: dict[str, Any]


def feed_handler(clock: Clock) -> Handler:
    """Handles the topic `feed`: consecutive positions, and the time from which a contact knows of the change."""

    def handle(connection: Connection, _at: datetime, rows: Sequence[OutboxRow]) -> None:
        changes = [_Change.model_validate(row.payload) for row in rows]
        lock_feed(connection)
        position, _ = last_place(connection)
        # Later than any look before this one, at any node, whose T is a contact that does not know of these changes.
        published_at = hub_time_at(connection, clock.now()) + TICK
        insert_events(
            connection,
            [
                {
                    "position": position + number,
                    "kind": change.kind,
                    "merchant_id": change.merchant_id,
                    "store_id": change.store_id,
                    "terminal_id": change.terminal_id,
                    "payload": change.data,
                    "published_at": published_at,
                }
                for number, change in enumerate(changes, start=1)
            ],
        )
        _mark_told(connection, changes, published_at)
        tell_after_commit(connection, FEED_SUBJECT)

    return handle


def _mark_told(connection: Connection, changes: Sequence[_Change], at: datetime) -> None:
    revoked = [change.data["code_ref"] for change in changes if change.kind == "code_revoked"]
    mark_codes_told(connection, revoked, at)
    versions = [
        (change.merchant_id, change.data["policy"]["version"])
        for change in changes
        if change.kind == "policy" and change.merchant_id is not None
    ]
    mark_policies_told(connection, versions, at)
    statuses = [(change.kind, change.change_id) for change in changes if change.change_id is not None]
    mark_terminals_told(connection, [number for kind, number in statuses if kind == "terminal"], at)
    mark_merchants_told(connection, [number for kind, number in statuses if kind == "merchant"], at)
    begun = [post_id for change in changes for post_id in change.posts_begun]
    ended = [post_id for change in changes for post_id in change.posts_ended]
    mark_posts_told(connection, begun, ended, at)
