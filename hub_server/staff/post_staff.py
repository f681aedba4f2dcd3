"""Who stands where as what. Posts are ended and begun, never overwritten: a void asks about the past."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants import StoreRow, find_store
from hub_server.staff.queries import end_posts, find_staff, insert_post, staff_of_store
from hub_server.staff.states import StaffRole
from shared.api.changes import StaffChanged
from shared.ids import IdSource
from shared.problems import Code, CodedError


def post_staff(
    connection: Connection,
    ids: IdSource,
    *,
    staff_id: str,
    store_id: str,
    role: StaffRole,
    at: datetime,
    actor: Actor,
) -> None:
    """Give somebody a post at a store, ending the one held there before; the store's terminals are told.

    Raises:
        CodedError: NOT_FOUND (the person, or a store of the same merchant).
    """
    store, person = find_store(connection, store_id), find_staff(connection, staff_id)
    if store is None or person is None or store.merchant_id != person.merchant_id:
        raise CodedError(Code.NOT_FOUND, "no such person or store")
    # One at a time for a store: the news holds everybody, and the last word must be the true one.
    lock_rows(connection, "store", [store_id])
    ended, post_id = end_posts(connection, staff_id, store_id, at), ids.new()
    insert_post(connection, post_id=post_id, staff_id=staff_id, store_id=store_id, role=role, since=at)
    event = actor.did(AuditName.STAFF_POSTED, "staff", staff_id, store=store_id, role=role.value)
    record(connection, at, [event])
    tell_store(connection, store, at, begun=[post_id], ended=ended)


def end_post(connection: Connection, *, staff_id: str, store_id: str, at: datetime, actor: Actor) -> bool:
    """End somebody's post at a store; false if there was none.

    Raises:
        CodedError: NOT_FOUND (the store).
    """
    store = find_store(connection, store_id)
    if store is None:
        raise CodedError(Code.NOT_FOUND, "no such store")
    lock_rows(connection, "store", [store_id])
    ended = end_posts(connection, staff_id, store_id, at)
    if not ended:
        return False
    record(connection, at, [actor.did(AuditName.STAFF_POSTED, "staff", staff_id, store=store_id, role=None)])
    tell_store(connection, store, at, begun=[], ended=ended)
    return True


def tell_store(
    connection: Connection, store: StoreRow, at: datetime, *, begun: Sequence[str], ended: Sequence[str]
) -> None:
    """Terminals of the store are told who stands there; the caller holds the store's lock."""
    payload = {
        "kind": "staff",
        "merchant_id": store.merchant_id,
        "store_id": store.id,
        "posts_begun": list(begun),
        "posts_ended": list(ended),
        "data": StaffChanged(staff=staff_of_store(connection, store.id)).model_dump(mode="json"),
    }
    enqueue(connection, at, [News(FEED, payload)])
