"""Use case: the six digits prove the phone; a member signs in, a new phone may register."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.access.queries import take_try, use_challenge
from hub_server.access.rules import otp_hash, same_secret
from hub_server.access.sessions import Family, OpenedSession, open_session
from hub_server.access.states import SessionKind
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.members import member_by_phone
from shared.ids import is_uuid7

_NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class ProvenPhone:
    """A session of the member who has the phone, or of a registration if nobody has."""

    session: OpenedSession
    is_member: bool


def verify_otp(
    connection: Connection,
    context: Context,
    pepper: bytes,
    *,
    challenge_id: str,
    code: str,
    at: datetime,
    may_refresh: bool = False,
) -> ProvenPhone | None:
    """A session, or none for wrong digits or a challenge that is unknown, used, expired or out of tries.

    A value and no exception: the try that was counted must be committed.
    """
    settings = context.settings
    taken = take_try(connection, challenge_id, settings.otp_max_tries, at) if is_uuid7(challenge_id) else None
    phone, kept = taken if taken is not None else ("", _NO_HASH)
    if not same_secret(otp_hash(pepper, challenge_id, code), kept) or taken is None:
        return None
    if not use_challenge(connection, challenge_id, at):
        return None
    member = member_by_phone(connection, phone)
    if member is None:
        session = open_session(
            connection,
            context.random_bytes,
            kind=SessionKind.REGISTRATION,
            subject=phone,
            life_s=settings.registration_ttl_s,
            at=at,
        )
        return ProvenPhone(session, is_member=False)
    refresh_life = timedelta(seconds=settings.member_refresh_ttl_s)
    session = open_session(
        connection,
        context.random_bytes,
        kind=SessionKind.MEMBER,
        subject=member.id,
        life_s=settings.session_ttl_s,
        at=at,
        family=Family(context.ids.new(), at + refresh_life) if may_refresh else None,
    )
    record(connection, at, [Actor("member", member.id).did(AuditName.SIGN_IN, "member", member.id)])
    return ProvenPhone(session, is_member=True)
