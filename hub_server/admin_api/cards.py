"""`/admin/cards`: issue, freeze, report lost (掛失), replace (補卡), close (銷戶)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.adjusting import close_card
from hub_server.admin_api.cards_messages import (
    CardChange,
    CardDetail,
    CardHolder,
    CardList,
    CardSummary,
    NewCardRequest,
    summary,
)
from hub_server.bindings import bindings_of_cards, bindings_of_member, give_card
from hub_server.cards import (
    CardFilter,
    CardRow,
    CardStatus,
    find_cards,
    read_card,
    retired_numbers,
)
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_place, write_place
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.members import members_by_id
from hub_server.payment_codes import freeze_card, replace_card, report_lost, unfreeze_card
from shared.ids import Uuid7Text
from shared.problems import Code, CodedError

_PREFIX = "/api/v1/admin/cards"
_TAG = "admin"
_CardNo = Annotated[str | None, Query(max_length=16)]
Change = Callable[..., bool | CardRow]


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter()
    for part in (_looking(context), _issuing(context), _changing(context)):
        routes.include_router(part)
    return routes


def _looking(context: Context) -> APIRouter:
    routes = APIRouter(prefix=_PREFIX, tags=[_TAG])
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def cards(
        _session: Annotated[AdminSession, reads],
        card_no: _CardNo = None,
        member_id: Uuid7Text | None = None,
        status: CardStatus | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> CardList:
        """Cards, the newest first: with this number (a replaced one too), bound to this member, in this state."""
        return context.database.read(
            lambda c: _page(
                c, card_no=card_no, member_id=member_id, status=status, limit=limit, cursor=cursor
            )
        )

    @routes.get("/{card_id}", responses=problems(Code.CARD_NOT_FOUND))
    def card(_session: Annotated[AdminSession, reads], card_id: PathId) -> CardDetail:
        """A card, who is bound to it, and the numbers it had before."""
        known = known_form(card_id, Code.CARD_NOT_FOUND)
        return context.database.read(lambda connection: _detail(connection, known))

    return routes


def _issuing(context: Context) -> APIRouter:
    routes = APIRouter(prefix=_PREFIX, tags=[_TAG])
    gate = Depends(admin_gate(context, Permission.CARDS))

    @routes.post(
        "", status_code=201, responses=problems(Code.NOT_FOUND, Code.MEMBER_NOT_ACTIVE, Code.LIMIT_EXCEEDED)
    )
    def issue(session: Annotated[AdminSession, gate], body: NewCardRequest) -> CardDetail:
        """Issue an empty card; the member owns it. A member has one standard card."""
        at = context.clock.now()

        def _issue(connection: Connection) -> CardDetail:
            made = give_card(
                connection, context, body.wanted, member_id=body.member_id, at=at, actor=session.actor
            )
            return _detail(connection, made.id)

        return context.database.run(_issue)

    return routes


def _changing(context: Context) -> APIRouter:
    routes = APIRouter(prefix=f"{_PREFIX}/{{card_id}}", tags=[_TAG])
    gate = Depends(admin_gate(context, Permission.CARDS))
    refusals = problems(Code.CARD_NOT_FOUND, Code.CARD_NOT_ACTIVE)

    def _change(session: AdminSession, card_id: str, body: CardChange, change: Change) -> CardDetail:
        known, at = known_form(card_id, Code.CARD_NOT_FOUND), context.clock.now()

        def _changed(connection: Connection) -> CardDetail:
            change(connection, card_id=known, at=at, actor=session.actor, reason=body.reason)
            return _detail(connection, known)

        return context.database.run(_changed)

    @routes.post("/freeze", responses=refusals)
    def freeze(session: Annotated[AdminSession, gate], card_id: PathId, body: CardChange) -> CardDetail:
        """Stop the card and revoke its codes."""
        return _change(session, card_id, body, freeze_card)

    @routes.post("/unfreeze", responses=refusals)
    def unfreeze(session: Annotated[AdminSession, gate], card_id: PathId, body: CardChange) -> CardDetail:
        """Let a frozen card pay again; its codes stay revoked."""
        return _change(session, card_id, body, unfreeze_card)

    @routes.post("/lost", responses=refusals)
    def lost(session: Annotated[AdminSession, gate], card_id: PathId, body: CardChange) -> CardDetail:
        """Stop a lost card and revoke its codes; it is replaced or closed afterwards."""
        return _change(session, card_id, body, report_lost)

    @routes.post("/replace", responses=refusals)
    def replace(session: Annotated[AdminSession, gate], card_id: PathId, body: CardChange) -> CardDetail:
        """Give an active or lost card a new number; its account, points, bindings and history stay."""
        return _change(session, card_id, body, replace_card)

    @routes.post(
        "/close",
        responses=problems(
            Code.CARD_NOT_FOUND,
            Code.CARD_NOT_ACTIVE,
            Code.INSUFFICIENT_BALANCE,
            Code.INVALID_AMOUNT,
            Code.CONTRADICTORY_ENTRY,
        ),
    )
    def close(session: Annotated[AdminSession, gate], card_id: PathId, body: CardChange) -> CardDetail:
        """Close an empty card for good; its bindings end. Not while a payment made offline may still arrive."""
        closing = partial(
            close_card, offline_max_duration=timedelta(seconds=context.settings.offline_max_duration_s)
        )
        return _change(session, card_id, body, closing)

    return routes


def _page(
    connection: Connection,
    *,
    card_no: str | None,
    member_id: str | None,
    status: CardStatus | None,
    limit: int,
    cursor: str | None,
) -> CardList:
    bound = None
    if member_id is not None:
        bound = [binding.card_id for binding in bindings_of_member(connection, member_id)]
    wanted = CardFilter(card_no=card_no, status=status, card_ids=bound)
    before = None if cursor is None else read_place(cursor)
    found = find_cards(connection, wanted, before=before, limit=limit + 1)
    page = found[:limit]
    return CardList(
        items=tuple(CardSummary.of(card) for card in page),
        next_cursor=write_place(page[-1].issued_at, page[-1].id) if len(found) > limit else None,
    )


def _detail(connection: Connection, card_id: str) -> CardDetail:
    card = read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    bound = bindings_of_cards(connection, [card_id])
    members = members_by_id(connection, [binding.member_id for binding in bound])
    return CardDetail(
        **summary(card),
        holders=tuple(CardHolder.of(binding, members[binding.member_id]) for binding in bound),
        retired_numbers=tuple(retired_numbers(connection, card_id)),
    )
