"""A member's cards and transactions, and the sharing of cards: `/me/cards`, `/me/transactions`, `/me/bindings`.

Ending a binding and bounding what a member spends revoke codes, so those routes stand with the codes
(payment_codes).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from hub_server.access import MemberSession, Passwords, member_gate
from hub_server.bindings.answer_request import confirm_request, list_requests, refuse_request
from hub_server.bindings.bind_by_number import NumberGiven, bind_by_number
from hub_server.bindings.binding_password import set_binding_password
from hub_server.bindings.invite_member import bind_by_invitation, invite_member
from hub_server.bindings.list_bindings import list_bindings
from hub_server.bindings.list_for_member import list_cards, list_transactions
from hub_server.bindings.list_points import list_points
from hub_server.bindings.seen_binding import seen_binding
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId
from shared.api.bindings import (
    Binding,
    BindingList,
    BindingPasswordRequest,
    BindRequest,
    Invitation,
    InvitationRequest,
    RoleRequestList,
)
from shared.api.members import CardList, TransactionList
from shared.api.points import PointList
from shared.problems import Code

_PREFIX = "/api/v1/me"
_NOT_OWNERS = (Code.CARD_NOT_FOUND, Code.FORBIDDEN)
_OWNERS_CHANGE = (*_NOT_OWNERS, Code.MEMBER_NOT_ACTIVE)


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter()
    gate = Depends(member_gate(context))
    passwords = Passwords(context.settings.password_bcrypt_cost)
    routes.include_router(_lists(context, gate))
    routes.include_router(_binding(context, gate, passwords))
    routes.include_router(_inviting(context, gate, passwords))
    routes.include_router(_requests(context, gate))
    return routes


def _lists(context: Context, gate: Any) -> APIRouter:
    routes = APIRouter(prefix=_PREFIX, tags=["members"])

    @routes.get("/cards")
    def my_cards(
        session: Annotated[MemberSession, gate], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> CardList:
        """The cards the member may see, in the order in which they were issued."""
        return context.database.read(
            lambda connection: list_cards(connection, session.member.id, limit=limit, cursor=cursor)
        )

    @routes.get("/transactions")
    def my_transactions(
        session: Annotated[MemberSession, gate], limit: Limit = DEFAULT_PAGE, cursor: Cursor = None
    ) -> TransactionList:
        """What moved on those cards, newest first."""
        return context.database.read(
            lambda connection: list_transactions(connection, session.member.id, limit=limit, cursor=cursor)
        )

    @routes.get(
        "/cards/{card_id}/points", responses=problems(Code.CARD_NOT_FOUND, Code.CARD_TYPE_HAS_NO_POINTS)
    )
    def my_points(
        session: Annotated[MemberSession, gate],
        card_id: PathId,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> PointList:
        """What moved the card's points, newest first, and how far the next tier is."""
        return context.database.read(
            lambda connection: list_points(connection, session.member.id, card_id, limit=limit, cursor=cursor)
        )

    return routes


def _binding(context: Context, gate: Any, passwords: Passwords) -> APIRouter:
    routes = APIRouter(prefix=_PREFIX, tags=["bindings"])
    there_was_one: dict[int | str, dict[str, Any]] = {
        200: {"model": Binding, "description": "The binding there is"}
    }

    @routes.post(
        "/bindings",
        status_code=201,
        responses=there_was_one
        | problems(
            Code.MEMBER_NOT_ACTIVE,
            Code.CARD_NOT_FOUND,
            Code.CARD_NOT_ACTIVE,
            Code.CARD_TYPE_NOT_SHAREABLE,
            Code.INVALID_BINDING_PASSWORD,
            Code.BINDING_LOCKED,
            Code.INVITATION_INVALID,
            Code.INVALID_ROLE,
        ),
    )
    def bind(
        session: Annotated[MemberSession, gate], body: BindRequest, request: Request, response: Response
    ) -> Binding:
        """bind_member_to_card, by the card's number or by an invitation; what one has is given again."""
        member, at = session.member, context.clock.now()
        if body.invitation is not None:
            token = body.invitation
            bound = context.database.run(
                lambda c: bind_by_invitation(c, context, member_id=member.id, token=token, at=at)
            )
        else:
            given = NumberGiven(card_no=body.card_no or "", role=body.role or "", password=body.password)
            address = request.client.host if request.client else ""
            bound = bind_by_number(context, passwords, member.id, given, address)
        if not bound.is_new:
            response.status_code = 200
        return seen_binding(
            bound.binding, card_no=bound.card.card_no, name=member.name, requested=bound.requested
        )

    @routes.get("/cards/{card_id}/bindings", responses=problems(Code.CARD_NOT_FOUND))
    def bindings_of_card(session: Annotated[MemberSession, gate], card_id: str) -> BindingList:
        """Who is bound to the card: everybody for an owner, else the asking member alone. One page."""
        return context.database.read(
            lambda connection: list_bindings(connection, member_id=session.member.id, card_id=card_id)
        )

    return routes


def _inviting(context: Context, gate: Any, passwords: Passwords) -> APIRouter:
    routes = APIRouter(prefix=f"{_PREFIX}/cards/{{card_id}}", tags=["bindings"])

    @routes.post(
        "/invitations",
        status_code=201,
        responses=problems(
            *_OWNERS_CHANGE, Code.CARD_TYPE_NOT_SHAREABLE, Code.CARD_NOT_ACTIVE, Code.INVALID_ROLE
        ),
    )
    def invite(session: Annotated[MemberSession, gate], card_id: str, body: InvitationRequest) -> Invitation:
        """An owner invites somebody: one use, 24 hours, shown once."""
        at = context.clock.now()
        made = context.database.run(
            lambda connection: invite_member(
                connection, context, owner_id=session.member.id, card_id=card_id, role=body.role, at=at
            )
        )
        return Invitation(invitation=made.token, url=made.url, expires_at=made.expires_at)

    @routes.put(
        "/binding-password",
        status_code=204,
        responses=problems(*_OWNERS_CHANGE, Code.CARD_TYPE_NOT_SHAREABLE),
    )
    def set_password(
        session: Annotated[MemberSession, gate], card_id: str, body: BindingPasswordRequest
    ) -> None:
        """An owner sets the password by which others bind themselves, or takes it away."""
        set_binding_password(
            context, passwords, owner_id=session.member.id, card_id=card_id, password=body.password
        )

    return routes


def _requests(context: Context, gate: Any) -> APIRouter:
    routes = APIRouter(prefix=f"{_PREFIX}/cards/{{card_id}}/binding-requests", tags=["bindings"])

    @routes.get("", responses=problems(*_NOT_OWNERS))
    def waiting(
        session: Annotated[MemberSession, gate],
        card_id: str,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> RoleRequestList:
        """Who wishes to be more than a viewer, oldest first."""
        return context.database.read(
            lambda connection: list_requests(
                connection, owner_id=session.member.id, card_id=card_id, limit=limit, cursor=cursor
            )
        )

    @routes.post(
        "/{request_id}/confirm",
        status_code=204,
        responses=problems(*_OWNERS_CHANGE, Code.NOT_FOUND, Code.CARD_NOT_ACTIVE),
    )
    def confirm(session: Annotated[MemberSession, gate], card_id: str, request_id: str) -> None:
        """An owner gives the viewer the wished role."""
        at, owner_id = context.clock.now(), session.member.id
        context.database.run(
            lambda c: confirm_request(c, owner_id=owner_id, card_id=card_id, request_id=request_id, at=at)
        )

    @routes.post("/{request_id}/refuse", status_code=204, responses=problems(*_OWNERS_CHANGE, Code.NOT_FOUND))
    def refuse(session: Annotated[MemberSession, gate], card_id: str, request_id: str) -> None:
        """An owner leaves the member a viewer."""
        at, owner_id = context.clock.now(), session.member.id
        context.database.run(
            lambda c: refuse_request(c, owner_id=owner_id, card_id=card_id, request_id=request_id, at=at)
        )

    return routes
