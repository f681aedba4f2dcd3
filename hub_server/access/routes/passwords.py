"""Passwords of admins and merchants' people: `/auth/password`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hub_server.access.gates import LoginSession, login_gate
from hub_server.access.own_login import change_password
from hub_server.access.routes.messages import PasswordChange, PasswordSignIn, SessionTokens
from hub_server.access.sign_in import SignInDesk, sign_in
from hub_server.foundation.web import problems
from shared.problems import Code, CodedError


def add_passwords(routes: APIRouter, desk: SignInDesk) -> None:
    """Signing in, and setting another password."""
    own = Depends(login_gate(desk.context))

    @routes.post("/auth/password", responses=problems(Code.UNAUTHENTICATED))
    def sign_in_with_password(body: PasswordSignIn, request: Request) -> SessionTokens:
        """Sign in as an admin or one of a merchant's people. Whatever is wrong, the refusal is the same."""
        address = request.client.host if request.client else ""
        opened = sign_in(desk, email=body.email, password=body.password, totp=body.totp, address=address)
        if opened is None:
            raise CodedError(Code.UNAUTHENTICATED, "e-mail address, password or digits are not right")
        return SessionTokens.of(opened)

    @routes.put("/auth/password", status_code=204)
    def change_own_password(session: Annotated[LoginSession, own], body: PasswordChange) -> Response:
        """Set another password for oneself; every session but this one ends."""
        change_password(desk, session.login, session.token, old=body.old_password, new=body.new_password)
        return Response(status_code=204)
