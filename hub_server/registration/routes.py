"""`POST /members` and `GET /me`."""

from typing import Annotated

from fastapi import APIRouter, Depends

from hub_server.access import MemberSession, member_gate
from hub_server.bindings import seen_card
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.loyalty import current_tier_table
from hub_server.members import MemberRow
from hub_server.registration.create_member_profile import create_member_profile
from shared.api.members import Member, RegisterRequest, Registration
from shared.problems import Code


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1", tags=["members"])
    gate = Depends(member_gate(context))

    @routes.post(
        "/members",
        status_code=201,
        responses=problems(Code.UNAUTHENTICATED, Code.PHONE_ALREADY_REGISTERED),
    )
    def register(request: RegisterRequest) -> Registration:
        """create_member_profile: a proven new phone becomes a member with a standard card."""
        at = context.clock.now()
        new, table = context.database.run(
            lambda connection: (
                create_member_profile(
                    connection,
                    context,
                    registration_token=request.registration_token,
                    name=request.name,
                    email=request.email,
                    at=at,
                ),
                current_tier_table(connection),
            )
        )
        return Registration(
            member=_message(new.member),
            card=seen_card(new.card, new.role, table),
            access_token=new.session.token,
        )

    @routes.get("/me")
    def me(session: Annotated[MemberSession, gate]) -> Member:
        """The signed-in member."""
        return _message(session.member)

    return routes


def _message(member: MemberRow) -> Member:
    return Member(id=member.id, phone=member.phone, name=member.name, email=member.email)
