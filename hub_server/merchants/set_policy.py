"""A new version of a merchant's policy."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants.queries import find_merchant, insert_policy, last_policy_version
from hub_server.settings import Settings
from shared.api.changes import PolicyChanged
from shared.api.policy import Policy
from shared.problems import Code, CodedError, FieldError


def set_policy(
    connection: Connection,
    settings: Settings,
    *,
    merchant_id: str,
    policy: Policy,
    at: datetime,
    actor: Actor,
) -> Policy:
    """Store the policy as the next version, whatever version it says; in force once terminals are told.

    Raises:
        CodedError: NOT_FOUND; INVALID_REQUEST for another currency than the hub's, or an offline spell or a skew
            longer than the hub counts on when it gives a card's allowance back (domain.md, Payment code).
    """
    if (policy.currency, policy.exponent) != (settings.currency, settings.exponent):
        raise CodedError(Code.INVALID_REQUEST, "the currency is the hub's")
    if policy.offline.max_duration_s > settings.offline_max_duration_s:
        detail = f"at most {settings.offline_max_duration_s} s"
        field = FieldError(pointer="/offline/max_duration_s", detail=detail)
        raise CodedError(Code.INVALID_REQUEST, "longer offline than the hub allows", fields=(field,))
    if policy.skew_s > settings.skew_s:
        field = FieldError(pointer="/skew_s", detail=f"at most {settings.skew_s} s")
        raise CodedError(Code.INVALID_REQUEST, "clocks may differ by less", fields=(field,))
    if find_merchant(connection, merchant_id) is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")
    lock_rows(connection, "merchant", [merchant_id])
    version = last_policy_version(connection, merchant_id) + 1
    made = policy.model_copy(update={"version": version})
    insert_policy(connection, merchant_id, made, at, told_at=None, created_by=actor.id)
    record(connection, at, [actor.did(AuditName.POLICY_SET, "merchant", merchant_id, version=version)])
    told = PolicyChanged(policy=made).model_dump(mode="json")
    enqueue(connection, at, [News(FEED, {"kind": "policy", "merchant_id": merchant_id, "data": told})])
    return made
