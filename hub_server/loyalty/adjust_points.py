"""Use case update_points_and_level: points given or taken by hand or by a promotion; the tier follows."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor
from hub_server.cards import read_card, set_points
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty.queries import hold_tier_table, point_row_of_request
from hub_server.loyalty.record_point_changes import PointChange, record_point_changes
from hub_server.loyalty.rules import earns_points
from shared.ids import is_uuid7
from shared.problems import Code, CodedError, FieldError

MAX_DELTA = 10_000_000
MAX_REASON = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedPoints:
    """What was changed, and the tier of the points after it by the table in force."""

    card_id: str
    change: int
    before: int
    after: int
    tier: int


def adjust_points(
    connection: Connection,
    *,
    card_id: str,
    delta: int,
    reason: str,
    at: datetime,
    actor: Actor,
    request_key: str | None = None,
) -> AdjustedPoints:
    """Move a card's points by `delta`; the same request under the same key of the same actor moves them once.

    Raises:
        CodedError: INVALID_REQUEST (nothing to move, or no reason), CARD_NOT_FOUND, CARD_TYPE_HAS_NO_POINTS,
            INVALID_AMOUNT (more than the card has would be taken), IDEMPOTENCY_CONFLICT (the key came with
            another request).
    """
    _check(delta, reason)
    request_hash = None if request_key is None else _request_hash(actor, request_key)
    if request_hash is not None:
        lock_rows(connection, "request", [request_hash.hex()])
    if not is_uuid7(card_id):
        raise CodedError(Code.CARD_NOT_FOUND)
    lock_rows(connection, "card", [card_id])
    card = read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if request_hash is not None:
        done = _done_before(connection, request_hash, card_id, delta, reason)
        if done is not None:
            return done
    if not earns_points(card.type_on_wire):
        raise CodedError(Code.CARD_TYPE_HAS_NO_POINTS)
    after = card.points + delta
    if after < 0:
        field = FieldError(pointer="/delta", detail=f"at least {-card.points}")
        raise CodedError(Code.INVALID_AMOUNT, f"the card has {card.points} points", fields=(field,))
    tier = hold_tier_table(connection).tier_for(after)
    set_points(connection, card_id, points=after, tier=tier)
    change = PointChange(
        card_id=card_id,
        change=delta,
        before=card.points,
        after=after,
        reason=reason,
        transaction_id=None,
        at=at,
        request_hash=request_hash,
    )
    record_point_changes(connection, [change], actor=actor)
    return AdjustedPoints(card_id=card_id, change=delta, before=card.points, after=after, tier=tier)


def _check(delta: int, reason: str) -> None:
    if delta == 0 or abs(delta) > MAX_DELTA:
        field = FieldError(pointer="/delta", detail=f"from {-MAX_DELTA} to {MAX_DELTA}, and not 0")
        raise CodedError(Code.INVALID_REQUEST, fields=(field,))
    if not reason.strip() or len(reason) > MAX_REASON:
        field = FieldError(pointer="/reason", detail=f"1 to {MAX_REASON} characters")
        raise CodedError(Code.INVALID_REQUEST, fields=(field,))


def _request_hash(actor: Actor, key: str) -> bytes:
    return hashlib.sha256(f"{actor.kind}:{actor.id}:{key}".encode()).digest()


def _done_before(
    connection: Connection, request_hash: bytes, card_id: str, delta: int, reason: str
) -> AdjustedPoints | None:
    row = point_row_of_request(connection, request_hash)
    if row is None:
        return None
    if (row.card_id, row.change, row.reason) != (card_id, delta, reason):
        raise CodedError(Code.IDEMPOTENCY_CONFLICT)
    tier = hold_tier_table(connection).tier_for(row.after)
    return AdjustedPoints(card_id=card_id, change=delta, before=row.before, after=row.after, tier=tier)
