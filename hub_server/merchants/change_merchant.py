"""Another name for a merchant; its terminals are told."""

from dataclasses import replace
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants.profiles import merchant_profile
from hub_server.merchants.queries import MerchantRow, find_merchant, rename_merchant
from shared.api.changes import MerchantChanged
from shared.problems import Code, CodedError


def change_merchant(
    connection: Connection, *, merchant_id: str, name: str, at: datetime, actor: Actor
) -> MerchantRow:
    """Change a merchant's name; nothing happens if it has that name already.

    Raises:
        CodedError: NOT_FOUND.
    """
    lock_rows(connection, "merchant", [merchant_id])
    seen = find_merchant(connection, merchant_id)
    if seen is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")
    if seen.name == name:
        return seen
    rename_merchant(connection, merchant_id, name)
    changed = replace(seen, name=name)
    event = actor.did(AuditName.MERCHANT_CHANGED, "merchant", merchant_id, before=seen.name, after=name)
    record(connection, at, [event])
    told = MerchantChanged(merchant=merchant_profile(changed)).model_dump(mode="json")
    enqueue(connection, at, [News(FEED, {"kind": "merchant", "merchant_id": merchant_id, "data": told})])
    return changed
