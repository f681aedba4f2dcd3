"""A PIN that was forgotten, or that somebody else has seen, is changed; terminals of every post are told."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants import find_store
from hub_server.staff.post_staff import tell_store
from hub_server.staff.queries import open_posts, set_pin_hash


def change_pin(connection: Connection, *, staff_id: str, pin_hash: str, at: datetime, actor: Actor) -> None:
    """Keep another hash; terminals take the new PIN once they are told, those without a line the old one till then."""
    stores = sorted({post.store_id for post in open_posts(connection, [staff_id])})
    lock_rows(connection, "store", stores)
    set_pin_hash(connection, staff_id, pin_hash)
    record(connection, at, [actor.did(AuditName.STAFF_PIN_CHANGED, "staff", staff_id)])
    for store_id in stores:
        store = find_store(connection, store_id)
        if store is not None:
            tell_store(connection, store, at, begun=[], ended=[])
