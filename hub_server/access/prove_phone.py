"""Use cases around one-time passwords from the request to the commit, with the message sent after it."""

import logging
from datetime import datetime

from hub_server.access.request_otp import request_otp
from hub_server.access.sms import SmsNotSent, SmsSender, otp_text
from hub_server.access.states import OtpFate
from hub_server.access.verify_otp import ProvenPhone, verify_otp
from hub_server.foundation.context import Context
from hub_server.members import to_e164
from hub_server.signing_keys import HubSigningKeys
from shared.api.members import OtpChallenge
from shared.problems import Code, CodedError, Language

_log = logging.getLogger("mps.hub.access")


def send_otp(
    context: Context, keys: HubSigningKeys, sms: SmsSender, *, phone: str, address: str, language: Language
) -> OtpChallenge:
    """Keep a challenge, commit, and only then send: no network inside a transaction.

    Raises:
        CodedError: PHONE_INVALID, RATE_LIMITED; SYSTEM_BUSY when the message could not be sent.
    """
    number = to_e164(phone, context.settings.default_region)
    at = context.clock.now()
    sent = context.database.run(
        lambda connection: request_otp(connection, context, keys.pepper, phone=number, address=address, at=at)
    )
    if sent.fate is OtpFate.WITHHELD:
        _log.warning("a text message was withheld: strangers' part of the day, or of a prefix, is used up")
    else:
        _send(sms, number, otp_text(language, sent.code, sent.expires_in), at)
    return OtpChallenge(challenge_id=sent.challenge_id, expires_in=sent.expires_in, resend_in=sent.resend_in)


def _send(sms: SmsSender, number: str, words: str, at: datetime) -> None:
    try:
        sms.send(number, words, at)
    except SmsNotSent as error:
        _log.error("no text message sent: %s", error)
        raise CodedError(Code.SYSTEM_BUSY, "no text message could be sent") from error


def prove_phone(
    context: Context, keys: HubSigningKeys, *, challenge_id: str, code: str, may_refresh: bool = False
) -> ProvenPhone | None:
    """A session, or none when the digits do not prove the phone; the try is counted either way.

    `may_refresh`: a member gets a refresh token beside. (The page does not: its cookie lives long enough.)
    """
    at = context.clock.now()
    return context.database.run(
        lambda connection: verify_otp(
            connection,
            context,
            keys.pepper,
            challenge_id=challenge_id,
            code=code,
            at=at,
            may_refresh=may_refresh,
        )
    )
