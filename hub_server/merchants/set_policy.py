"""A new version of a merchant's policy."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants.queries import find_merchant, insert_policy, last_policy_version
from shared.api.changes import PolicyChanged
from shared.api.policy import Policy
from shared.problems import Code, CodedError


def set_policy(
    connection: Connection, *, merchant_id: str, policy: Policy, at: datetime, actor: Actor
) -> Policy:
    """Store the policy as the next version, whatever version it says; in force once terminals are told.

    Raises:
        CodedError: NOT_FOUND.
    """
    if find_merchant(connection, merchant_id) is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")
    lock_rows(connection, "merchant", [merchant_id])
    version = last_policy_version(connection, merchant_id) + 1
    made = policy.model_copy(update={"version": version})
    insert_policy(connection, merchant_id, made, at, told_at=None)
    record(connection, at, [actor.did(AuditName.POLICY_SET, "merchant", merchant_id, version=version)])
    told = PolicyChanged(policy=made).model_dump(mode="json")
    enqueue(connection, at, [News(FEED, {"kind": "policy", "merchant_id": merchant_id, "data": told})])
    return made
