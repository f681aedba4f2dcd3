"""Suspending a merchant and letting it go on; its terminals are told."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants.profiles import merchant_profile
from hub_server.merchants.queries import advance_merchant, find_merchant, insert_status_change
from hub_server.merchants.states import TRANSITIONS, MerchantStatus
from shared.api.changes import MerchantChanged
from shared.problems import Code, CodedError


def suspend_merchant(
    connection: Connection, *, merchant_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Suspend; false if it was suspended already.

    Raises:
        CodedError: NOT_FOUND.
    """
    return _move(connection, merchant_id, MerchantStatus.SUSPENDED, at, actor, reason)


def resume_merchant(
    connection: Connection, *, merchant_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Let it go on; false if it was active already.

    Raises:
        CodedError: NOT_FOUND.
    """
    return _move(connection, merchant_id, MerchantStatus.ACTIVE, at, actor, reason)


def _move(
    connection: Connection, merchant_id: str, to: MerchantStatus, at: datetime, actor: Actor, reason: str
) -> bool:
    # As for a change of its name: the news holds both, and the last word must be the true one.
    lock_rows(connection, "merchant", [merchant_id])
    seen = find_merchant(connection, merchant_id)
    if seen is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")
    if to not in TRANSITIONS[seen.status] or not advance_merchant(connection, merchant_id, seen.status, to):
        return False
    now = find_merchant(connection, merchant_id)
    assert now is not None
    change_id = insert_status_change(connection, merchant_id, to, at, reason)
    is_stop = to is MerchantStatus.SUSPENDED
    name = AuditName.MERCHANT_SUSPENDED if is_stop else AuditName.MERCHANT_RESUMED
    record(connection, at, [actor.did(name, "merchant", merchant_id, reason=reason)])
    told = MerchantChanged(merchant=merchant_profile(now)).model_dump(mode="json")
    payload = {"kind": "merchant", "merchant_id": merchant_id, "change_id": change_id, "data": told}
    enqueue(connection, at, [News(FEED, payload)])
    return True
