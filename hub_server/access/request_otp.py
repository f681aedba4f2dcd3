"""Use case: a one-time password is made for a phone, known or not (the caller cannot tell which)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.access.queries import ChallengeRow, insert_challenge, otp_sent
from hub_server.access.rules import (
    OTP_RANDOM_BYTES,
    OtpCaps,
    is_withheld,
    otp_digits,
    otp_hash,
    otp_wait_s,
    phone_prefix,
)
from hub_server.access.states import OtpFate
from hub_server.foundation.addresses import counted_address
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import member_by_phone
from shared.problems import Code, CodedError


@dataclass(frozen=True, slots=True)
class SentOtp:
    """What the edge sends after the commit, unless it is withheld, and answers."""

    challenge_id: str
    code: str = field(repr=False)
    expires_in: int
    resend_in: int
    fate: OtpFate


def request_otp(
    connection: Connection, context: Context, pepper: bytes, *, phone: str, address: str, at: datetime
) -> SentOtp:
    """Keep a challenge for the phone (E.164), if the caps allow one.

    A part of the day's messages is kept for phones of members, so that no flood locks them out.

    Raises:
        CodedError: RATE_LIMITED, with how long to wait.
    """
    settings = context.settings
    prefix, address = phone_prefix(phone), counted_address(address)
    lock_rows(connection, "otp", [phone, address])
    caps = OtpCaps(
        resend_s=settings.otp_resend_s,
        per_phone_per_day=settings.otp_per_phone_per_day,
        per_address_per_hour=settings.otp_per_address_per_hour,
        per_prefix_per_day=settings.otp_per_prefix_per_day,
        per_day=settings.otp_per_day,
        members_percent=settings.otp_members_percent,
    )
    sent = otp_sent(connection, phone, prefix, address, at)
    wait_s = otp_wait_s(caps, sent, at)
    if wait_s > 0:
        raise CodedError(Code.RATE_LIMITED, retry_after_s=wait_s)
    is_member = member_by_phone(connection, phone) is not None
    fate = OtpFate.TO_MEMBER if is_member else OtpFate.TO_STRANGER
    if is_withheld(caps, sent, is_member=is_member):
        fate = OtpFate.WITHHELD
    challenge_id = context.ids.new()
    code = otp_digits(context.random_bytes(OTP_RANDOM_BYTES))
    insert_challenge(
        connection,
        ChallengeRow(
            id=challenge_id,
            phone=phone,
            prefix=prefix,
            fate=fate,
            address=address,
            code_hash=otp_hash(pepper, challenge_id, code),
            created_at=at,
            expires_at=at + timedelta(seconds=settings.otp_ttl_s),
        ),
    )
    return SentOtp(challenge_id, code, settings.otp_ttl_s, settings.otp_resend_s, fate)
