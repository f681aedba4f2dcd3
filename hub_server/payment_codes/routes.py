"""rotate_card_qr and revoke_card_qr, `POST` and `DELETE /me/cards/{card_id}/payment-code`; what a shared screen
shows, `GET /kiosks/me/payment-code`; and `DELETE /me/bindings/{binding_id}`, which revokes codes too."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field

from hub_server.access import MemberSession, member_gate
from hub_server.bindings import Caps
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.payment_codes.bound_spending import bound_spending
from hub_server.payment_codes.code_shelf import CodeShelf
from hub_server.payment_codes.present_code import present_code
from hub_server.payment_codes.queries.kiosks import KioskRow
from hub_server.payment_codes.register_kiosk import kiosk_with_key
from hub_server.payment_codes.revoke_code import revoke_own_code
from hub_server.payment_codes.show_kiosk_code import Unchanged, Waiting, show_kiosk_code
from hub_server.payment_codes.unbind_member import unbind_member
from hub_server.signing_keys import HubSigningKeys
from shared.api.bindings import CapsRequest
from shared.api.members import IssuedCode
from shared.api.messages import Message
from shared.clock import WireInstant
from shared.problems import Code, CodedError

_kiosk_scheme = HTTPBearer(scheme_name="kiosk", description="A shared screen's key", auto_error=False)
_KioskKey = Annotated[HTTPAuthorizationCredentials | None, Depends(_kiosk_scheme)]
_ETAG: dict[str, Any] = {
    "ETag": {"description": "The code's public name, quoted", "schema": {"type": "string"}}
}


def router(context: Context, keys: HubSigningKeys) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/me/cards/{card_id}/payment-code", tags=["payment codes"])
    gate = Depends(member_gate(context))

    @routes.post(
        "",
        responses=problems(
            Code.CARD_NOT_FOUND, Code.CARD_NOT_ACTIVE, Code.CARD_EXPIRED, Code.MEMBER_NOT_ACTIVE
        ),
    )
    def rotate(session: Annotated[MemberSession, gate], card_id: Annotated[str, Path()]) -> IssuedCode:
        """A new payment code for the card; it replaces the one before. Its text is shown once."""
        code = present_code(context, keys, session.member, card_id)
        return IssuedCode(code=code.text, code_ref=code.code_ref, expires_at=code.expires_at)

    @routes.delete("", status_code=204, responses=problems(Code.CARD_NOT_FOUND))
    def revoke(session: Annotated[MemberSession, gate], card_id: Annotated[str, Path()]) -> Response:
        """Revoke the card's code; when there is none, nothing happens."""
        at = context.clock.now()
        context.database.run(
            lambda connection: revoke_own_code(connection, member=session.member, card_id=card_id, at=at)
        )
        return Response(status_code=204)

    return routes


def unbinding_router(context: Context) -> APIRouter:
    """The routes that end a binding or bound it, bound to a hub."""
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

    @routes.put(
        "/{binding_id}/caps",
        status_code=204,
        responses=problems(
            Code.NOT_FOUND, Code.FORBIDDEN, Code.CARD_NOT_FOUND, Code.MEMBER_NOT_ACTIVE, Code.INVALID_ROLE
        ),
    )
    def bound(session: Annotated[MemberSession, gate], binding_id: str, body: CapsRequest) -> None:
        """An owner bounds what a member may spend with the card; where less is left, older codes are revoked."""
        caps, at, owner_id = (
            Caps(body.cap_per_charge, body.cap_per_day),
            context.clock.now(),
            session.member.id,
        )
        context.database.run(
            lambda c: bound_spending(c, owner_id=owner_id, binding_id=binding_id, caps=caps, at=at)
        )

    return routes


class ScreenCode(Message):
    """What a shared screen shows. While a member's phone has the card's live code there is none, and `wait_s` says
    for how many seconds at most; it may be used sooner, so a screen asks again before."""

    code: Annotated[str | None, Field(repr=False)] = None
    code_ref: str | None = None
    expires_at: WireInstant | None = None
    wait_s: int = 0


def kiosk_router(context: Context, keys: HubSigningKeys, shelf: CodeShelf) -> APIRouter:
    """The route of shared screens; `shelf` holds what this process made for them."""
    routes = APIRouter(prefix="/api/v1/kiosks/me", tags=["payment codes"])
    gate = Depends(_kiosk_gate(context))

    @routes.get(
        "/payment-code",
        responses={
            200: {"headers": _ETAG},
            304: {"description": "The screen shows the live code already", "headers": _ETAG},
            **problems(Code.CARD_NOT_ACTIVE, Code.CARD_EXPIRED, Code.MEMBER_NOT_ACTIVE),
        },
    )
    def screen_code(
        kiosk: Annotated[KioskRow, gate],
        response: Response,
        if_none_match: Annotated[str | None, Header(max_length=256)] = None,
    ) -> ScreenCode:
        """The live code of the screen's card; `If-None-Match` with the code it shows lets it keep that."""
        seen = None if if_none_match is None else if_none_match.strip().removeprefix("W/").strip('"')
        shown = show_kiosk_code(context, keys, shelf, kiosk, seen)
        match shown:
            case Waiting(seconds):
                return ScreenCode(wait_s=seconds)
            case Unchanged(code_ref):
                # FastAPI takes a Response as it is, whatever the annotation says.
                return Response(status_code=304, headers={"ETag": f'"{code_ref}"'})  # type: ignore[return-value]
            case code:
                response.headers["ETag"] = f'"{code.code_ref}"'
                return ScreenCode(code=code.text, code_ref=code.code_ref, expires_at=code.expires_at)

    return routes


def _kiosk_gate(context: Context) -> Callable[..., KioskRow]:
    def registered_screen(credentials: _KioskKey) -> KioskRow:
        """Raises CodedError: UNAUTHENTICATED."""
        if credentials is None:
            raise CodedError(Code.UNAUTHENTICATED, "a screen's key is needed")
        key = credentials.credentials
        kiosk = context.database.read(lambda connection: kiosk_with_key(connection, key))
        if kiosk is None:
            raise CodedError(Code.UNAUTHENTICATED, "the key is not known, or was revoked")
        return kiosk

    return registered_screen
