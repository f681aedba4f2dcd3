"""What a key is bound to. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from hub_server.idempotency.states import RequestKind
from shared.problems import Code, Refusal

NO_OUTCOMES = frozenset({Code.SYSTEM_BUSY, Code.RATE_LIMITED, Code.SERVICE_SUSPENDED, Code.INTERNAL_ERROR})
"""Nothing was decided: the same key may be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedRequest:
    """What a merchant asked under a key.

    Attributes:
        key: 1 to 128 visible ASCII characters, the merchant's own.
        content_hash: by `hash_of`.
    """

    merchant_id: str
    key: str
    kind: RequestKind
    content_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a key led to, for ever: the transaction that moved, or the refusal; exactly one of them.

    Attributes:
        is_repeat: it had been decided before.
    """

    transaction_id: str | None = None
    refusal: Refusal | None = None
    is_repeat: bool = False

    def __post_init__(self) -> None:
        """Refuse what is not an outcome."""
        if (self.transaction_id is None) == (self.refusal is None):
            raise ValueError("an outcome is a transaction or a refusal")
        if self.refusal is not None and self.refusal.code in NO_OUTCOMES:
            raise ValueError(f"{self.refusal.code} decides nothing, and is not kept")


def hash_of(kind: RequestKind, asked: Mapping[str, str | int | None]) -> bytes:
    """SHA-256 of the request's canonical JSON, with what is asked for in it; members without a value are left out.

    A payment code goes in by a hash of it, never in clear.
    """
    content = {name: value for name, value in asked.items() if value is not None} | {"kind": kind.value}
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).digest()
