"""Telling terminals of the hub's keys when they have changed since they were last told."""

from datetime import datetime

from hub_server.change_feed.queries import last_payload
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection
from hub_server.signing_keys import HubSigningKeys
from shared.api.changes import KeysChanged


def announce_keys(connection: Connection, keys: HubSigningKeys, *, at: datetime) -> bool:
    """Enqueue a `keys` event unless the last one told says the same; whether there was anything to tell."""
    told = KeysChanged(jwks=keys.jwks()).model_dump(mode="json")
    if last_payload(connection, "keys") == told:
        return False
    enqueue(connection, at, [News(FEED, {"kind": "keys", "data": told})])
    return True
