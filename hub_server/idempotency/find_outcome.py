"""Whether a key has led to something before."""

from hub_server.foundation.storage import Connection
from hub_server.idempotency.queries import row_of_key
from hub_server.idempotency.rules import KeyedRequest, Outcome
from shared.problems import Code, CodedError


def find_outcome(connection: Connection, request: KeyedRequest) -> Outcome | None:
    """What the key led to, marked as a repeat; None for a new key.

    Raises:
        CodedError: IDEMPOTENCY_CONFLICT; the key was given with another content, or for something else.
    """
    kept = row_of_key(connection, request.merchant_id, request.key)
    if kept is None:
        return None
    if kept.kind is not request.kind or kept.content_hash != request.content_hash:
        raise CodedError(Code.IDEMPOTENCY_CONFLICT, "the key was used for another request")
    return kept.outcome
