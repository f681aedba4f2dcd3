"""Who stands where as what. Posts are ended and begun, never overwritten: a void asks about the past."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants import find_store
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
    end_posts(connection, staff_id, store_id, at)
    insert_post(connection, post_id=ids.new(), staff_id=staff_id, store_id=store_id, role=role, since=at)
    event = actor.did(AuditName.STAFF_POSTED, "staff", staff_id, store=store_id, role=role.value)
    record(connection, at, [event])
    _tell(connection, store.merchant_id, store_id, at)


def end_post(connection: Connection, *, staff_id: str, store_id: str, at: datetime, actor: Actor) -> bool:
    """End somebody's post at a store; false if there was none.

    Raises:
        CodedError: NOT_FOUND (the store).
    """
    store = find_store(connection, store_id)
    if store is None:
        raise CodedError(Code.NOT_FOUND, "no such store")
    lock_rows(connection, "store", [store_id])
    if end_posts(connection, staff_id, store_id, at) == 0:
        return False
    record(connection, at, [actor.did(AuditName.STAFF_POSTED, "staff", staff_id, store=store_id, role=None)])
    _tell(connection, store.merchant_id, store_id, at)
    return True


def _tell(connection: Connection, merchant_id: str, store_id: str, at: datetime) -> None:
    told = StaffChanged(staff=staff_of_store(connection, store_id)).model_dump(mode="json")
    payload = {"kind": "staff", "merchant_id": merchant_id, "store_id": store_id, "data": told}
    enqueue(connection, at, [News(FEED, payload)])
