"""Use case: a one-time password is made for a phone, known or not (the caller cannot tell which)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.access.queries import ChallengeRow, insert_challenge, otp_sent
from hub_server.access.rules import OTP_RANDOM_BYTES, OtpCaps, otp_digits, otp_hash, otp_wait_s
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from shared.problems import Code, CodedError


@dataclass(frozen=True, slots=True)
class SentOtp:
    """What the edge sends after the commit, and answers."""

    challenge_id: str
    code: str = field(repr=False)
    expires_in: int
    resend_in: int


def request_otp(
    connection: Connection, context: Context, pepper: bytes, *, phone: str, address: str, at: datetime
) -> SentOtp:
    """Keep a challenge for the phone (E.164), if the caps allow one.

    Raises:
        CodedError: RATE_LIMITED, with how long to wait.
    """
    settings = context.settings
    lock_rows(connection, "otp", [phone, address])
    caps = OtpCaps(
        resend_s=settings.otp_resend_s,
        per_phone_per_day=settings.otp_per_phone_per_day,
        per_address_per_hour=settings.otp_per_address_per_hour,
        per_day=settings.otp_per_day,
    )
    wait_s = otp_wait_s(caps, otp_sent(connection, phone, address, at), at)
    if wait_s > 0:
        raise CodedError(Code.RATE_LIMITED, retry_after_s=wait_s)
    challenge_id = context.ids.new()
    code = otp_digits(context.random_bytes(OTP_RANDOM_BYTES))
    insert_challenge(
        connection,
        ChallengeRow(
            id=challenge_id,
            phone=phone,
            address=address,
            code_hash=otp_hash(pepper, challenge_id, code),
            created_at=at,
            expires_at=at + timedelta(seconds=settings.otp_ttl_s),
        ),
    )
    return SentOtp(challenge_id, code, settings.otp_ttl_s, settings.otp_resend_s)
