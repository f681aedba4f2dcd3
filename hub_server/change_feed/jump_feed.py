"""After a restore: the feed goes on where no place was given before (protocol.md 5)."""

from datetime import datetime

from hub_server.change_feed.look import hub_time_at
from hub_server.change_feed.publish import TICK
from hub_server.change_feed.queries import insert_events, last_place, lock_feed
from hub_server.foundation.storage import Connection
from hub_server.signing_keys import HubSigningKeys
from shared.api.changes import KeysChanged


def jump_feed(connection: Connection, keys: HubSigningKeys, by: int, at: datetime) -> None:
    """Leave out that many places, and tell the keys at the next: terminals were told of places that are lost.

    A terminal asks for what comes after the last place that it knows; events in between would pass it by.
    """
    lock_feed(connection)
    position, _ = last_place(connection)
    event = {
        "position": position + by,
        "kind": "keys",
        "merchant_id": None,
        "store_id": None,
        "terminal_id": None,
        "payload": KeysChanged(jwks=keys.jwks()).model_dump(mode="json"),
        "published_at": hub_time_at(connection, at) + TICK,
    }
    insert_events(connection, [event])
