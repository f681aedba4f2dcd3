"""One-time passwords: `/auth/otp`, `/auth/otp/verify`."""

from fastapi import APIRouter, Request

from hub_server.access.prove_phone import prove_phone, send_otp
from hub_server.access.sms import SmsSender
from hub_server.foundation.context import Context
from hub_server.foundation.web import problems
from hub_server.signing_keys import HubSigningKeys
from shared.api.members import MemberTokens, OtpChallenge, OtpRequest, OtpVerifyRequest
from shared.problems import Code, CodedError, Language, negotiate_language

DEFAULT_LANGUAGE: Language = "zh_TW"


def add_one_time_passwords(routes: APIRouter, context: Context, keys: HubSigningKeys, sms: SmsSender) -> None:
    """The members' way in."""

    @routes.post("/auth/otp", responses=problems(Code.PHONE_INVALID))
    def request_one_time_password(body: OtpRequest, request: Request) -> OtpChallenge:
        """Send six digits to a phone; the answer is the same whether or not it is a member's."""
        language = negotiate_language(request.headers.get("accept-language"), DEFAULT_LANGUAGE)
        address = request.client.host if request.client else ""
        return send_otp(context, keys, sms, phone=body.phone, address=address, language=language)

    @routes.post("/auth/otp/verify", response_model_exclude_none=True, responses=problems(Code.OTP_INVALID))
    def verify_one_time_password(body: OtpVerifyRequest) -> MemberTokens:
        """A session for a member, or a registration token for a new phone."""
        proven = prove_phone(context, keys, challenge_id=body.challenge_id, code=body.code, may_refresh=True)
        if proven is None:
            raise CodedError(Code.OTP_INVALID)
        session = proven.session
        if proven.is_member:
            return MemberTokens(
                access_token=session.token,
                refresh_token=session.refresh_token,
                expires_in=session.expires_in,
            )
        return MemberTokens(registration_token=session.token, expires_in=session.expires_in)
