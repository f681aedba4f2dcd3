"""Who asks: a member's session, by bearer token or, for the pages, by a cookie that other sites cannot use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub_server.access.sessions import session_subject
from hub_server.access.states import SessionKind
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.rate_limits import Caller, CallerKind, tell_caller
from hub_server.members import MemberRow, member_of
from shared.problems import Code, CodedError

_scheme = HTTPBearer(
    scheme_name="member",
    description="A member's access token; the page `/m/` has it in a cookie instead",
    auto_error=False,
)
MemberToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]
"""Declares in the OpenAPI document that a route wants a member; `bearer_token` and the cookie tell who it is."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PLAIN_COOKIE = "mps-member"
_SECURE_COOKIE = "__Host-mps-member"  # browsers take this name only with Secure, over HTTPS, for this host


@dataclass(frozen=True, slots=True)
class MemberSession:
    """The signed-in member and the token that said so."""

    member: MemberRow
    token: str = field(repr=False)


MemberGate = Callable[..., MemberSession]


def member_gate(context: Context) -> MemberGate:
    """A dependency for routes that only a signed-in member may call."""

    def signed_in_member(request: Request, _declared: MemberToken) -> MemberSession:
        """Raises CodedError: UNAUTHENTICATED; FORBIDDEN for a cookie sent from another site."""
        token = bearer_token(request)
        if token is None:
            token = request.cookies.get(cookie_name(context))
            if token is not None and request.method not in _SAFE_METHODS:
                refuse_other_origins(request)
        if not token:
            raise CodedError(Code.UNAUTHENTICATED)
        shown, at = token, context.clock.now()
        member = context.database.read(lambda connection: _member_of_token(connection, shown, at))
        if member is None:
            raise CodedError(Code.UNAUTHENTICATED)
        tell_caller(request.scope, Caller(CallerKind.PERSON, member.id))
        return MemberSession(member, token)

    return signed_in_member


def _member_of_token(connection: Connection, token: str, at: datetime) -> MemberRow | None:
    member_id = session_subject(connection, SessionKind.MEMBER, token, at)
    return None if member_id is None else member_of(connection, member_id)


def bearer_token(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def refuse_other_origins(request: Request) -> None:
    """Hold a request that rides on a cookie to the page's own origin.

    Raises:
        CodedError: FORBIDDEN; another site, or a client that names no origin.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        same = site == "same-origin"
    else:
        host = request.headers.get("host", "")
        same = bool(host) and urlsplit(request.headers.get("origin", "")).netloc == host
    if not same:
        raise CodedError(Code.FORBIDDEN, "asked from another site")


def cookie_name(context: Context) -> str:
    """The cookie's name; over HTTPS one that no other host can set."""
    return _SECURE_COOKIE if _is_https(context) else _PLAIN_COOKIE


def set_member_cookie(response: Response, context: Context, token: str, life_s: int) -> None:
    """Give the page its session: not readable by scripts, not sent from other sites."""
    response.set_cookie(
        cookie_name(context),
        token,
        max_age=life_s,
        path="/",
        secure=_is_https(context),
        httponly=True,
        samesite="strict",
    )


def clear_member_cookie(response: Response, context: Context) -> None:
    """Take it back."""
    response.delete_cookie(
        cookie_name(context), path="/", secure=_is_https(context), httponly=True, samesite="strict"
    )


def _is_https(context: Context) -> bool:
    return context.settings.base_url.startswith("https://")
