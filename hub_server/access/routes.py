"""One-time passwords and sign-out: `/auth/otp`, `/auth/otp/verify`, `/auth/logout`."""

from fastapi import APIRouter, Request, Response

from hub_server.access.authenticate import (
    MemberToken,
    bearer_token,
    clear_member_cookie,
    cookie_name,
    refuse_other_origins,
)
from hub_server.access.prove_phone import prove_phone, send_otp
from hub_server.access.sessions import close_session
from hub_server.access.sms import SmsSender
from hub_server.access.states import SessionKind
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.signing_keys import HubSigningKeys
from shared.api.members import MemberTokens, OtpChallenge, OtpRequest, OtpVerifyRequest
from shared.problems import Code, CodedError, Language, negotiate_language

DEFAULT_LANGUAGE: Language = "zh_TW"


def router(context: Context, keys: HubSigningKeys, sms: SmsSender) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/auth", tags=["access"])

    @routes.post("/otp", responses=problems(Code.PHONE_INVALID))
    def request_one_time_password(body: OtpRequest, request: Request) -> OtpChallenge:
        """Send six digits to a phone; the answer is the same whether or not it is a member's."""
        language = negotiate_language(request.headers.get("accept-language"), DEFAULT_LANGUAGE)
        address = request.client.host if request.client else ""
        return send_otp(context, keys, sms, phone=body.phone, address=address, language=language)

    @routes.post("/otp/verify", response_model_exclude_none=True, responses=problems(Code.OTP_INVALID))
    def verify_one_time_password(body: OtpVerifyRequest) -> MemberTokens:
        """A session for a member, or a registration token for a new phone."""
        proven = prove_phone(context, keys, challenge_id=body.challenge_id, code=body.code)
        if proven is None:
            raise CodedError(Code.OTP_INVALID)
        if proven.is_member:
            return MemberTokens(access_token=proven.session.token, expires_in=proven.session.expires_in)
        return MemberTokens(registration_token=proven.session.token, expires_in=proven.session.expires_in)

    @routes.post("/logout", status_code=204)
    def log_out(request: Request, _declared: MemberToken) -> Response:
        """End the session that asks."""
        token = bearer_token(request)
        if token is None:
            token = request.cookies.get(cookie_name(context))
            if token is not None:
                refuse_other_origins(request)
        if not token:
            raise CodedError(Code.UNAUTHENTICATED)
        shown, at = token, context.clock.now()
        ended = context.database.run(
            lambda connection: close_session(connection, SessionKind.MEMBER, shown, at)
        )
        if ended is None:
            raise CodedError(Code.UNAUTHENTICATED)
        response = Response(status_code=204)
        clear_member_cookie(response, context)
        return response

    return routes
