"""The next session, and the end of one: `/auth/refresh`, `/auth/logout`."""

from fastapi import APIRouter, Request, Response

from hub_server.access.authenticate import (
    MemberToken,
    bearer_token,
    clear_member_cookie,
    cookie_name,
    refuse_other_origins,
)
from hub_server.access.gates import AdminToken, MerchantToken
from hub_server.access.routes.messages import RefreshRequest, SessionTokens
from hub_server.access.sessions import refresh_session, sign_out
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from shared.problems import Code, CodedError


def add_sessions(routes: APIRouter, context: Context) -> None:
    """For members, admins and merchants' people alike."""

    @routes.post("/auth/refresh", responses=problems(Code.UNAUTHENTICATED))
    def refresh(body: RefreshRequest) -> SessionTokens:
        """The next session. A refresh token works once; shown again, it ends all that came from its sign-in."""
        at = context.clock.now()
        opened = context.database.run(lambda c: refresh_session(c, context, body.refresh_token, at))
        if opened is None:
            raise CodedError(Code.UNAUTHENTICATED, "the refresh token is not good, or no longer")
        return SessionTokens.of(opened)

    @routes.post("/auth/logout", status_code=204)
    def log_out(
        request: Request, _member: MemberToken, _admin: AdminToken, _merchant: MerchantToken
    ) -> Response:
        """End the session that asks, and the refresh token that came with it."""
        token = bearer_token(request)
        if token is None:
            token = request.cookies.get(cookie_name(context))
            if token is not None:
                refuse_other_origins(request)
        if not token:
            raise CodedError(Code.UNAUTHENTICATED)
        shown, at = token, context.clock.now()
        if not context.database.run(lambda connection: sign_out(connection, shown, at)):
            raise CodedError(Code.UNAUTHENTICATED)
        response = Response(status_code=204)
        clear_member_cookie(response, context)
        return response
