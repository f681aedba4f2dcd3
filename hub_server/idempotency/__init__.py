"""Owns merchants' idempotency keys: one outcome a key, for ever (domain.md, Charge).

How it is used: `hash_of` what was asked, look with `find_outcome` before anything costly, then `decide_once` in the
transaction. A route takes `IdempotencyKey` and adds `REPEAT_HEADERS` to what `is_repeat`.
"""

from hub_server.idempotency.decide_once import decide_once
from hub_server.idempotency.find_outcome import find_outcome
from hub_server.idempotency.key_header import REPEAT_HEADERS, IdempotencyKey
from hub_server.idempotency.rules import NO_OUTCOMES, KeyedRequest, Outcome, hash_of
from hub_server.idempotency.states import RequestKind

__all__ = [
    "NO_OUTCOMES",
    "REPEAT_HEADERS",
    "IdempotencyKey",
    "KeyedRequest",
    "Outcome",
    "RequestKind",
    "decide_once",
    "find_outcome",
    "hash_of",
]
