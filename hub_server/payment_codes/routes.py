"""rotate_card_qr and revoke_card_qr, `POST` and `DELETE /me/cards/{card_id}/payment-code`; and
`DELETE /me/bindings/{binding_id}`, which revokes codes too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from hub_server.access import MemberSession, member_gate
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.payment_codes.present_code import present_code
from hub_server.payment_codes.revoke_code import revoke_own_code
from hub_server.payment_codes.unbind_member import unbind_member
from hub_server.signing_keys import HubSigningKeys
from shared.api.members import IssuedCode
from shared.problems import Code


def router(context: Context, keys: HubSigningKeys) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/me/cards/{card_id}/payment-code", tags=["payment codes"])
    gate = Depends(member_gate(context))

    @routes.post("")
    def rotate(session: Annotated[MemberSession, gate], card_id: Annotated[str, Path()]) -> IssuedCode:
        """A new payment code for the card; it replaces the one before. Its text is shown once."""
        code = present_code(context, keys, session.member, card_id)
        return IssuedCode(code=code.text, code_ref=code.code_ref, expires_at=code.expires_at)

    @routes.delete("", status_code=204)
    def revoke(session: Annotated[MemberSession, gate], card_id: Annotated[str, Path()]) -> Response:
        """Revoke the card's code; when there is none, nothing happens."""
        at = context.clock.now()
        context.database.run(
            lambda connection: revoke_own_code(connection, member=session.member, card_id=card_id, at=at)
        )
        return Response(status_code=204)

    return routes


def unbinding_router(context: Context) -> APIRouter:
    """The route that ends a binding, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/me/bindings", tags=["bindings"])
    gate = Depends(member_gate(context))

    @routes.delete(
        "/{binding_id}",
        status_code=204,
        responses=problems(Code.NOT_FOUND, Code.CANNOT_REMOVE_LAST_OWNER, Code.MEMBER_NOT_ACTIVE),
    )
    def unbind(session: Annotated[MemberSession, gate], binding_id: str) -> None:
        """A member leaves a card, or its owner removes another; codes given to the removed one are revoked."""
        at, member_id = context.clock.now(), session.member.id
        context.database.run(
            lambda connection: unbind_member(connection, member_id=member_id, binding_id=binding_id, at=at)
        )

    return routes
