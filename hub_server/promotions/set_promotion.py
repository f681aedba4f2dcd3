"""Use cases: a promotion is made, changed (its next version) or withdrawn."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants import find_merchant
from hub_server.promotions.queries import (
    PromotionRow,
    PromotionTerms,
    insert_promotion,
    newest_of_promotion,
    newest_promotions,
)
from hub_server.promotions.states import GrantTrigger
from shared.clock import to_wire
from shared.ids import IdSource, is_uuid7
from shared.problems import Code, CodedError, FieldError


def create_promotion(
    connection: Connection, ids: IdSource, terms: PromotionTerms, *, at: datetime, actor: Actor
) -> PromotionRow:
    """Make a promotion. No two that run or are to come share a name: a repeated click would give a grant twice.

    Raises:
        CodedError: INVALID_REQUEST (the terms contradict themselves, or the name is taken), NOT_FOUND (no such
            merchant).
    """
    _lock(connection)
    _check(connection, terms)
    _check_name(connection, terms.name, at)
    made = PromotionRow(
        id=ids.new(), version=1, terms=terms, is_withdrawn=False, created_at=at, created_by=actor.id
    )
    return _write(connection, made, at, actor)


def change_promotion(
    connection: Connection, promotion_id: str, terms: PromotionTerms, *, at: datetime, actor: Actor
) -> PromotionRow:
    """Make the promotion's next version; what it is already changes nothing.

    Raises:
        CodedError: NOT_FOUND (no such promotion or merchant), INVALID_REQUEST (as `create_promotion`; another
            kind or trigger; it was withdrawn).
    """
    _lock(connection)
    seen = _find(connection, promotion_id)
    if seen.is_withdrawn:
        raise CodedError(Code.INVALID_REQUEST, "the promotion was withdrawn; make a new one")
    _check(connection, terms)
    if terms.kind is not seen.terms.kind:
        raise _invalid("/kind", f"it stays a {seen.terms.kind.value}")
    if terms.trigger is not seen.terms.trigger:
        raise _invalid("/trigger", "a grant is given once a card, and keeps its trigger")
    if terms == seen.terms:
        return seen
    if terms.name != seen.terms.name:
        _check_name(connection, terms.name, at)
    return _write(connection, _next(seen, actor, at, terms=terms), at, actor)


def withdraw_promotion(
    connection: Connection, promotion_id: str, *, at: datetime, actor: Actor
) -> PromotionRow:
    """End the promotion for good; one that was withdrawn already stays as it is. What was given stays given.

    Raises:
        CodedError: NOT_FOUND.
    """
    _lock(connection)
    seen = _find(connection, promotion_id)
    if seen.is_withdrawn:
        return seen
    return _write(connection, replace(_next(seen, actor, at, terms=seen.terms), is_withdrawn=True), at, actor)


def _lock(connection: Connection) -> None:
    """Promotions change one at a time, so that names and versions are looked at in peace."""
    lock_rows(connection, "promotion", ["all"])


def _find(connection: Connection, promotion_id: str) -> PromotionRow:
    seen = newest_of_promotion(connection, promotion_id) if is_uuid7(promotion_id) else None
    if seen is None:
        raise CodedError(Code.NOT_FOUND)
    return seen


def _next(seen: PromotionRow, actor: Actor, at: datetime, *, terms: PromotionTerms) -> PromotionRow:
    return replace(seen, version=seen.version + 1, terms=terms, created_at=at, created_by=actor.id)


def _check(connection: Connection, terms: PromotionTerms) -> None:
    if terms.starts_at >= terms.ends_at:
        raise _invalid("/ends_at", "after starts_at")
    if terms.merchant_id is None:
        return
    if terms.trigger is GrantTrigger.REGISTRATION:
        raise _invalid("/merchant_id", "a registration is at no merchant")
    if find_merchant(connection, terms.merchant_id) is None:
        raise CodedError(Code.NOT_FOUND, "no such merchant")


def _check_name(connection: Connection, name: str, at: datetime) -> None:
    for other in newest_promotions(connection):
        if other.terms.name == name and not other.is_withdrawn and other.terms.ends_at > at:
            raise _invalid("/name", "a promotion of this name runs or is to come")


def _write(connection: Connection, made: PromotionRow, at: datetime, actor: Actor) -> PromotionRow:
    insert_promotion(connection, made)
    told: dict[str, Any] = asdict(made.terms)
    told |= {"starts_at": to_wire(made.terms.starts_at), "ends_at": to_wire(made.terms.ends_at)}
    event = actor.did(
        AuditName.PROMOTION_SET,
        "promotion",
        made.id,
        version=made.version,
        withdrawn=made.is_withdrawn,
        **told,
    )
    record(connection, at, [event])
    return made


def _invalid(pointer: str, detail: str) -> CodedError:
    field = FieldError(pointer=pointer, detail=detail)
    return CodedError(
        Code.INVALID_REQUEST, "the terms contradict themselves or another promotion", fields=(field,)
    )
