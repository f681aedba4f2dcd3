"""Rows of the idempotency registry."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hub_server.idempotency.rules import KeyedRequest, Outcome
from hub_server.idempotency.states import RequestKind
from hub_server.idempotency.tables import idempotency_registry
from shared.problems import Code, Refusal

MAX_DETAIL = 200


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A key's row: what it was given for, and what came of it."""

    kind: RequestKind
    content_hash: bytes
    outcome: Outcome


def row_of_key(connection: Connection, merchant_id: str, key: str) -> KeptRow | None:
    """What is kept under a merchant's key."""
    row = connection.execute(
        select(idempotency_registry).where(
            idempotency_registry.c.merchant_id == merchant_id, idempotency_registry.c.key == key
        )
    ).first()
    if row is None:
        return None
    refusal = Refusal(Code(row.code), row.detail or "") if row.code is not None else None
    outcome = Outcome(transaction_id=row.transaction_id, refusal=refusal, is_repeat=True)
    return KeptRow(RequestKind(row.kind), bytes(row.content_hash), outcome)


def insert_outcome(connection: Connection, request: KeyedRequest, outcome: Outcome, at: datetime) -> None:
    """Write a key with its outcome; the primary key refuses a second one."""
    refusal = outcome.refusal
    connection.execute(
        insert(idempotency_registry).values(
            merchant_id=request.merchant_id,
            key=request.key,
            kind=request.kind.value,
            content_hash=request.content_hash,
            transaction_id=outcome.transaction_id,
            code=refusal.code.value if refusal is not None else None,
            detail=refusal.detail[:MAX_DETAIL] if refusal is not None else None,
            decided_at=at,
        )
    )
