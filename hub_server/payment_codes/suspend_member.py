"""Use cases suspend_member and resume_member. They live here since suspending revokes the member's codes."""

from datetime import datetime

from hub_server.access import SessionKind, revoke_sessions
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import bindings_of_member
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import TRANSITIONS, MemberStatus, member_of, set_member_status
from hub_server.payment_codes.revoke_code import revoke_codes
from shared.problems import Code, CodedError


def suspend_member(
    connection: Connection, *, member_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Stop the member: codes on every card are revoked, sessions end. False if suspended already.

    Raises:
        CodedError: NOT_FOUND.
    """
    if not _move(connection, member_id, MemberStatus.SUSPENDED):
        return False
    record(connection, at, [actor.did(AuditName.MEMBER_SUSPENDED, "member", member_id, reason=reason)])
    card_ids = [binding.card_id for binding in bindings_of_member(connection, member_id)]
    lock_rows(connection, "card", card_ids)
    for card_id in card_ids:
        revoke_codes(
            connection,
            card_id=card_id,
            at=at,
            actor=actor,
            reason="member suspended",
            member_id=member_id,
        )
    revoke_sessions(connection, SessionKind.MEMBER, member_id, at)
    return True


def resume_member(connection: Connection, *, member_id: str, at: datetime, actor: Actor, reason: str) -> bool:
    """Let the member go on, with a new sign-in and new codes. False if active already.

    Raises:
        CodedError: NOT_FOUND.
    """
    if not _move(connection, member_id, MemberStatus.ACTIVE):
        return False
    record(connection, at, [actor.did(AuditName.MEMBER_RESUMED, "member", member_id, reason=reason)])
    return True


def _move(connection: Connection, member_id: str, to: MemberStatus) -> bool:
    lock_rows(connection, "member", [member_id])
    member = member_of(connection, member_id)
    if member is None:
        raise CodedError(Code.NOT_FOUND, "no such member")
    if to not in TRANSITIONS[member.status]:
        return False
    return set_member_status(connection, member_id, member.status, to)
