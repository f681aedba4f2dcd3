"""`/admin/adjustments`: money moved by hand, proposed by one admin and approved by another (domain.md, Money)."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.adjusting import (
    AdjustmentRow,
    AdjustmentState,
    approve_adjustment,
    list_adjustments,
    propose_adjustment,
    refuse_adjustment,
)
from hub_server.foundation.context import Context
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Note, Reason
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.money import MAX_AMOUNT
from shared.problems import Code


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
    """An adjustment; `proposed_by` and `decided_by` are ids of admins, `tx_no` is there once it was approved."""

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

    @classmethod
    def of(cls, row: AdjustmentRow) -> "Adjustment":
        """The message of a row."""
        values = asdict(row)
        del values["proposer_hands"]
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
        rows, after = context.database.read(
            lambda c: list_adjustments(c, state=state, limit=limit, cursor=cursor)
        )
        return AdjustmentList(items=tuple(Adjustment.of(row) for row in rows), next_cursor=after)

    @routes.post(
        "",
        status_code=201,
        responses=problems(Code.INVALID_AMOUNT, Code.CARD_NOT_FOUND, Code.CARD_NOT_ACTIVE),
    )
    def propose(session: Annotated[AdminSession, adjusts], body: Proposal) -> Adjustment:
        """Propose an adjustment of a card's balance; nothing moves before another admin approves."""
        at = context.clock.now()
        row = context.database.run(
            lambda c: propose_adjustment(
                c,
                context.ids,
                card_id=body.card_id,
                amount=body.amount,
                reason=body.reason,
                at=at,
                actor=session.actor,
            )
        )
        return Adjustment.of(row)


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
