"""`/m/`: the page, its files, and what it alone may ask. Its session is a cookie that no script can read."""

import hashlib
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Annotated, Literal

from fastapi import APIRouter, Cookie, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, select_autoescape
from pydantic import Field

from hub_server.access import (
    MemberSession,
    clear_member_cookie,
    member_gate,
    prove_phone,
    refuse_other_origins,
    set_member_cookie,
)
from hub_server.bindings import invite_member, require_owner
from hub_server.cards import binding_password_hash
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.pages.member.qr_svg import qr_svg
from hub_server.pages.member.words import words_in
from hub_server.payment_codes import own_code, present_code
from hub_server.registration import create_member_profile
from hub_server.signing_keys import HubSigningKeys
from shared.api.bindings import Invitation, InvitationRequest
from shared.api.members import IssuedCode, OtpVerifyRequest, RegisterRequest
from shared.api.messages import Message
from shared.clock import WireInstant
from shared.problems import Code, CodedError, Language, negotiate_language

LANGUAGE_COOKIE = "mps-language"
LANGUAGE_LIFE_S = 365 * 86_400
STATIC_LIFE_S = 86_400
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

_templates = Environment(
    loader=PackageLoader("hub_server.pages.member", "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    trim_blocks=True,
    lstrip_blocks=True,
)


class DrawnCode(IssuedCode):
    """A payment code with its picture, in an answer that nothing caches; the hub's time, for a wrong clock."""

    svg: str
    hub_time: WireInstant


class SignedIn(Message):
    """After the six digits: a session (in the cookie), or a registration token for a new phone."""

    is_member: bool
    registration_token: str | None = None


class DrawnInvitation(Invitation):
    """An invitation to a card with the picture of its address."""

    svg: Annotated[str, Field(repr=False)]


class Sharing(Message):
    """What an owner's page must know of a card's sharing, beside the lists: whether a password is set."""

    has_password: bool


class CodeStanding(Message):
    """Whether the code on the screen may still be shown; once it is used, what was `paid` (minor units)."""

    state: Literal["live", "consumed", "replaced", "revoked", "expired"]
    paid: int | None = None
    currency: str | None = None


class PageFiles:
    """Style and scripts, read once, with a mark that changes with their content.

    The mark is a folder in their addresses, so that the scripts' imports of each other carry it too.
    """

    def __init__(self) -> None:
        folder = files("hub_server.pages.member").joinpath("static")
        found = sorted(folder.iterdir(), key=lambda file: file.name)
        self.content = {file.name: file.read_bytes() for file in found if _suffix(file.name) in _MEDIA_TYPES}
        self.mark = hashlib.sha256(b"".join(self.content.values())).hexdigest()[:12]


def router(context: Context, keys: HubSigningKeys) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/m", include_in_schema=False)
    _add_page(routes, context)
    _add_sessions(routes, context, keys)
    _add_codes(routes, context, keys)
    _add_sharing(routes, context)
    return routes


def _add_page(routes: APIRouter, context: Context) -> None:
    page_files = PageFiles()

    @routes.get("")
    def without_slash() -> RedirectResponse:
        return RedirectResponse("/m/", status_code=308)

    @routes.get("/")
    def page(
        request: Request,
        lang: Annotated[Literal["zh_TW", "en"] | None, Query()] = None,
        remembered: Annotated[str | None, Cookie(alias=LANGUAGE_COOKIE)] = None,
    ) -> HTMLResponse:
        language = lang or _remembered(remembered) or _wanted(request)
        html = _templates.get_template("member.html.jinja").render(
            language=language,
            html_language="zh-Hant-TW" if language == "zh_TW" else "en",
            other_language="en" if language == "zh_TW" else "zh_TW",
            words=words_in(language),
            mark=page_files.mark,
            exponent=context.settings.exponent,
        )
        response = HTMLResponse(html)
        if lang is not None:
            response.set_cookie(
                LANGUAGE_COOKIE, lang, max_age=LANGUAGE_LIFE_S, path="/m/", httponly=True, samesite="lax"
            )
        return response

    @routes.get("/static/{mark}/{name}")
    def static(mark: str, name: str) -> Response:
        if mark != page_files.mark or name not in page_files.content:
            raise CodedError(Code.NOT_FOUND)
        headers = {"Cache-Control": f"public, max-age={STATIC_LIFE_S}"}
        return Response(page_files.content[name], media_type=_MEDIA_TYPES[_suffix(name)], headers=headers)


def _add_sessions(routes: APIRouter, context: Context, keys: HubSigningKeys) -> None:
    @routes.post("/session", response_model_exclude_none=True)
    def sign_in(body: OtpVerifyRequest, request: Request, response: Response) -> SignedIn:
        refuse_other_origins(request)
        proven = prove_phone(context, keys, challenge_id=body.challenge_id, code=body.code)
        if proven is None:
            raise CodedError(Code.OTP_INVALID)
        if not proven.is_member:
            clear_member_cookie(response, context)
            return SignedIn(is_member=False, registration_token=proven.session.token)
        set_member_cookie(response, context, proven.session.token, proven.session.expires_in)
        return SignedIn(is_member=True)

    @routes.post("/registration", status_code=204)
    def register(body: RegisterRequest, request: Request) -> Response:
        refuse_other_origins(request)
        at = context.clock.now()
        new = context.database.run(
            lambda connection: create_member_profile(
                connection,
                context,
                registration_token=body.registration_token,
                name=body.name,
                email=body.email,
                at=at,
            )
        )
        response = Response(status_code=204)
        set_member_cookie(response, context, new.session.token, new.session.expires_in)
        return response


def _add_codes(routes: APIRouter, context: Context, keys: HubSigningKeys) -> None:
    gate = Depends(member_gate(context))

    @routes.post("/cards/{card_id}/code")
    def draw_code(session: Annotated[MemberSession, gate], card_id: str) -> DrawnCode:
        code = present_code(context, keys, session.member, card_id)
        return DrawnCode(
            code=code.text,
            code_ref=code.code_ref,
            expires_at=code.expires_at,
            svg=qr_svg(code.text),
            hub_time=context.clock.now(),
        )

    @routes.get("/codes/{code_ref}", response_model_exclude_none=True)
    def standing(session: Annotated[MemberSession, gate], code_ref: str) -> CodeStanding:
        at = context.clock.now()
        code = context.database.read(lambda connection: own_code(connection, session.member.id, code_ref, at))
        if code is None:
            raise CodedError(Code.NOT_FOUND)
        paid, currency = code.paid or (None, None)
        return CodeStanding(state=code.state.value, paid=paid, currency=currency)


def _add_sharing(routes: APIRouter, context: Context) -> None:
    gate = Depends(member_gate(context))

    @routes.get("/cards/{card_id}/sharing")
    def sharing(session: Annotated[MemberSession, gate], card_id: str) -> Sharing:
        def read(connection: Connection) -> bool:
            require_owner(connection, card_id, session.member.id)
            return binding_password_hash(connection, card_id) is not None

        return Sharing(has_password=context.database.read(read))

    @routes.post("/cards/{card_id}/invitations", status_code=201)
    def draw_invitation(
        session: Annotated[MemberSession, gate], card_id: str, body: InvitationRequest
    ) -> DrawnInvitation:
        owner_id, at = session.member.id, context.clock.now()
        made = context.database.run(
            lambda connection: invite_member(
                connection, context, owner_id=owner_id, card_id=card_id, role=body.role, at=at
            )
        )
        return DrawnInvitation(
            invitation=made.token, url=made.url, expires_at=made.expires_at, svg=qr_svg(made.url)
        )


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix


def _remembered(language: str | None) -> Language | None:
    match language:
        case "zh_TW" | "en":
            return language
    return None


def _wanted(request: Request) -> Language:
    return negotiate_language(request.headers.get("accept-language"), "zh_TW")
