"""Use case decide_once: one decision a key, whoever else asks with it at the same time."""

from collections.abc import Callable
from datetime import datetime

from hub_server.foundation.storage import Connection, lock_rows
from hub_server.idempotency.find_outcome import find_outcome
from hub_server.idempotency.queries import insert_outcome
from hub_server.idempotency.rules import KeyedRequest, Outcome

_LOCK_KIND = "request"


def decide_once(
    connection: Connection, request: KeyedRequest, at: datetime, decide: Callable[[], Outcome]
) -> Outcome:
    """Repeat what the key led to, or decide and keep it, in the caller's one transaction.

    `decide` is called under the key's lock and takes its own locks after it (cards last). What it raises decides
    nothing: the transaction is undone and the key stays free (SERVICE_SUSPENDED, SYSTEM_BUSY, …).

    Raises:
        CodedError: IDEMPOTENCY_CONFLICT, or what `decide` raises.
    """
    lock_rows(connection, _LOCK_KIND, [f"{request.merchant_id}:{request.key}"])
    known = find_outcome(connection, request)
    if known is not None:
        return known
    outcome = decide()
    insert_outcome(connection, request, outcome, at)
    return outcome
