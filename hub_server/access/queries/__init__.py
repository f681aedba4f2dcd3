"""Rows of one-time passwords, sessions and API keys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from hub_server.access.rules import DAY, HOUR, OtpSent
from hub_server.access.states import OtpFate, SessionKind
from hub_server.access.tables import merchant_api_keys, otp_challenges, sessions


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session; `subject` is a member's or admin's id, of a registration the proven phone."""

    token_hash: bytes = field(repr=False)
    kind: SessionKind
    subject: str = field(repr=False)
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyRow:
    """A merchant's API key, without the key."""

    id: str
    merchant_id: str
    scopes: tuple[str, ...]


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


def insert_session(connection: Connection, session: SessionRow) -> None:
    """Write a session."""
    connection.execute(
        insert(sessions).values(
            token_hash=session.token_hash,
            kind=session.kind.value,
            subject=session.subject,
            created_at=session.created_at,
            expires_at=session.expires_at,
        )
    )


def subject_of(connection: Connection, kind: SessionKind, token_hash: bytes, at: datetime) -> str | None:
    """Whose session the token opens now."""
    return connection.execute(
        select(sessions.c.subject).where(
            sessions.c.token_hash == token_hash,
            sessions.c.kind == kind.value,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > at,
        )
    ).scalar()


def end_session(connection: Connection, kind: SessionKind, token_hash: bytes, at: datetime) -> str | None:
    """End it once; its subject, or none if it was not open."""
    return connection.execute(
        update(sessions)
        .where(
            sessions.c.token_hash == token_hash,
            sessions.c.kind == kind.value,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > at,
        )
        .values(revoked_at=at)
        .returning(sessions.c.subject)
    ).scalar()


def insert_api_key(
    connection: Connection,
    *,
    key_id: str,
    merchant_id: str,
    key_hash: bytes,
    scopes: Sequence[str],
    at: datetime,
) -> None:
    """Write a merchant's API key."""
    connection.execute(
        insert(merchant_api_keys).values(
            id=key_id, merchant_id=merchant_id, key_hash=key_hash, scopes=list(scopes), created_at=at
        )
    )


def api_key_of(connection: Connection, key_hash: bytes, at: datetime) -> ApiKeyRow | None:
    """The key with this hash, unless it was revoked or has expired."""
    expires_at = merchant_api_keys.c.expires_at
    row = connection.execute(
        select(merchant_api_keys).where(
            merchant_api_keys.c.key_hash == key_hash,
            merchant_api_keys.c.revoked_at.is_(None),
            or_(expires_at.is_(None), expires_at > at),
        )
    ).first()
    if row is None:
        return None
    return ApiKeyRow(id=row.id, merchant_id=row.merchant_id, scopes=tuple(row.scopes))
