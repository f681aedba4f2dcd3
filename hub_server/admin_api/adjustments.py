"""`/admin/adjustments`: money moved by hand, proposed by one admin and approved by another (domain.md, Money)."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import Field

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.adjusting import (
    AdjustmentRow,
    AdjustmentState,
    approve_adjustment,
    list_adjustments,
    look_alikes,
    propose_adjustment,
    refuse_adjustment,
)
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Note, Reason
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.money import MAX_AMOUNT
from shared.problems import Code

RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        pattern="^[!-~]+$",
        description="The same request under the same key proposes once.",
    ),
]


class Proposal(Request):
    """What is proposed: `amount` in minor units, not zero; above zero to the card, below zero from it."""

    card_id: Uuid7Text
    amount: Annotated[int, Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
    reason: Reason


class Decision(Request):
    """What the second admin says of it."""

    note: Note | None = None


_NO_NOTE = Decision()


class Adjustment(Message):
    """An adjustment; `proposed_by` and `decided_by` are ids of admins, `tx_no` is there once it was approved.

    `looks_like`, while it is open: others of the same card and amount, open or of the last 24 hours, ten at most.
    """

    id: str
    card_id: str
    amount: int
    currency: str
    reason: str
    state: AdjustmentState
    proposed_by: str
    proposed_at: WireInstant
    decided_by: str | None
    decided_at: WireInstant | None
    note: str | None
    tx_no: str | None
    looks_like: tuple[str, ...]

    @classmethod
    def of(cls, row: AdjustmentRow, looks_like: tuple[str, ...] = ()) -> "Adjustment":
        """The message of a row."""
        values = asdict(row) | {"looks_like": looks_like}
        for kept in ("proposer_hands", "request_hash"):
            del values[kept]
        return cls.model_validate(values)


class AdjustmentList(Message):
    """A page, the newest first."""

    items: tuple[Adjustment, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/adjustments", tags=["admin: adjustments"])
    _add_proposing(routes, context)
    _add_deciding(routes, context)
    return routes


def _add_proposing(routes: APIRouter, context: Context) -> None:
    reads = Depends(admin_gate(context, Permission.READ))
    adjusts = Depends(admin_gate(context, Permission.ADJUSTMENTS))

    @routes.get("")
    def adjustments(
        _session: Annotated[AdminSession, reads],
        state: AdjustmentState | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> AdjustmentList:
        """Adjustments, the newest first; `state` keeps one kind."""
        at = context.clock.now()

        def page(connection: Connection) -> AdjustmentList:
            rows, after = list_adjustments(connection, state=state, limit=limit, cursor=cursor)
            alike = look_alikes(connection, rows, at)
            items = tuple(Adjustment.of(row, alike.get(row.id, ())) for row in rows)
            return AdjustmentList(items=items, next_cursor=after)

        return context.database.read(page)

    @routes.post(
        "",
        status_code=201,
        responses=problems(
            Code.INVALID_AMOUNT, Code.CARD_NOT_FOUND, Code.CARD_NOT_ACTIVE, Code.IDEMPOTENCY_CONFLICT
        ),
    )
    def propose(
        session: Annotated[AdminSession, adjusts], body: Proposal, idempotency_key: RequestKey = None
    ) -> Adjustment:
        """Propose an adjustment of a card's balance; nothing moves before another admin approves."""
        at = context.clock.now()

        def proposed(connection: Connection) -> Adjustment:
            row = propose_adjustment(
                connection,
                context.ids,
                card_id=body.card_id,
                amount=body.amount,
                reason=body.reason,
                at=at,
                actor=session.actor,
                request_key=idempotency_key,
            )
            return Adjustment.of(row, look_alikes(connection, [row], at).get(row.id, ()))

        return context.database.run(proposed)


def _add_deciding(routes: APIRouter, context: Context) -> None:
    adjusts = Depends(admin_gate(context, Permission.ADJUSTMENTS))

    @routes.post(
        "/{adjustment_id}/approve",
        responses=problems(
            Code.NOT_FOUND,
            Code.FORBIDDEN,
            Code.CARD_NOT_FOUND,
            Code.CARD_NOT_ACTIVE,
            Code.INSUFFICIENT_BALANCE,
            Code.CONTRADICTORY_ENTRY,
        ),
    )
    def approve(
        session: Annotated[AdminSession, adjusts], adjustment_id: PathId, body: Decision = _NO_NOTE
    ) -> Adjustment:
        """Approve another admin's proposal: the money moves, once, however often this is asked."""
        known, at = known_form(adjustment_id), context.clock.now()
        row = context.database.run(
            lambda c: approve_adjustment(
                c, context, adjustment_id=known, at=at, actor=session.actor, note=body.note
            )
        )
        return Adjustment.of(row)

    @routes.post(
        "/{adjustment_id}/refuse",
        responses=problems(Code.NOT_FOUND, Code.FORBIDDEN, Code.CONTRADICTORY_ENTRY),
    )
    def refuse(
        session: Annotated[AdminSession, adjusts], adjustment_id: PathId, body: Decision = _NO_NOTE
    ) -> Adjustment:
        """Refuse another admin's proposal: nothing ever moves."""
        known, at = known_form(adjustment_id), context.clock.now()
        row = context.database.run(
            lambda c: refuse_adjustment(c, adjustment_id=known, at=at, actor=session.actor, note=body.note)
        )
        return Adjustment.of(row)
