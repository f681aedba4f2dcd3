"""Rows of one-time passwords that were sent."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from hub_server.access.rules import DAY, HOUR, OtpSent
from hub_server.access.states import OtpFate
from hub_server.access.tables import otp_challenges


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeRow:
    """A one-time password that was sent."""

    id: str
    phone: str = field(repr=False)
    prefix: str
    fate: OtpFate
    address: str
    code_hash: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime


def otp_sent(connection: Connection, phone: str, prefix: str, address: str, at: datetime) -> OtpSent:
    """What the caps look at."""
    created = otp_challenges.c.created_at
    to_phone, last = connection.execute(
        select(func.count(), func.max(created)).where(otp_challenges.c.phone == phone, created > at - DAY)
    ).one()
    for_address = select(func.count()).where(otp_challenges.c.address == address, created > at - HOUR)
    fate = otp_challenges.c.fate
    sent = {
        OtpFate(row.fate): row.sent
        for row in connection.execute(
            select(fate, func.count().label("sent")).where(created > at - DAY).group_by(fate)
        )
    }
    to_strangers = sent.get(OtpFate.TO_STRANGER, 0)
    in_prefix = select(func.count()).where(
        otp_challenges.c.prefix == prefix, created > at - DAY, fate == OtpFate.TO_STRANGER.value
    )
    return OtpSent(
        last_to_phone=last,
        to_phone_in_day=to_phone,
        for_address_in_hour=connection.execute(for_address).scalar_one(),
        in_day=to_strangers + sent.get(OtpFate.TO_MEMBER, 0),
        to_strangers_in_day=to_strangers,
        to_strangers_in_prefix=connection.execute(in_prefix).scalar_one(),
    )


def insert_challenge(connection: Connection, challenge: ChallengeRow) -> None:
    """Write a challenge."""
    connection.execute(
        insert(otp_challenges).values(
            id=challenge.id,
            phone=challenge.phone,
            prefix=challenge.prefix,
            fate=challenge.fate.value,
            address=challenge.address,
            code_hash=challenge.code_hash,
            created_at=challenge.created_at,
            expires_at=challenge.expires_at,
        )
    )


def take_try(
    connection: Connection, challenge_id: str, max_tries: int, at: datetime
) -> tuple[str, bytes] | None:
    """Count one try, before the digits are compared; phone and hash, or none if no try is left."""
    row = connection.execute(
        update(otp_challenges)
        .where(
            otp_challenges.c.id == challenge_id,
            otp_challenges.c.tries < max_tries,
            otp_challenges.c.used_at.is_(None),
            otp_challenges.c.expires_at > at,
        )
        .values(tries=otp_challenges.c.tries + 1)
        .returning(otp_challenges.c.phone, otp_challenges.c.code_hash)
    ).first()
    return None if row is None else (row.phone, row.code_hash)


def use_challenge(connection: Connection, challenge_id: str, at: datetime) -> bool:
    """Compare and set; false if the challenge was used in between."""
    used = connection.execute(
        update(otp_challenges)
        .where(otp_challenges.c.id == challenge_id, otp_challenges.c.used_at.is_(None))
        .values(used_at=at)
        .returning(otp_challenges.c.id)
    )
    return used.first() is not None
