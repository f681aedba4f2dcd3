"""Use cases suspend_member and resume_member. They live here since suspending revokes the member's codes."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.access import SessionKind, revoke_sessions
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import bindings_of_member, cards_of_inactive_owners
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import TRANSITIONS, MemberStatus, member_of, set_member_status
from hub_server.payment_codes.queries.kiosks import kiosk_of_card
from hub_server.payment_codes.revoke_code import revoke_codes
from shared.problems import Code, CodedError


def suspend_member(
    connection: Connection, *, member_id: str, at: datetime, actor: Actor, reason: str
) -> bool:
    """Stop the member: codes on every card are revoked, sessions end. False if suspended already.

    A card that is left without an active owner loses its shared screen's codes too.

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
    _darken_screens(connection, card_ids, at, actor)
    revoke_sessions(connection, SessionKind.MEMBER, member_id, at)
    return True


def _darken_screens(connection: Connection, card_ids: Sequence[str], at: datetime, actor: Actor) -> None:
    for card_id in sorted(cards_of_inactive_owners(connection, card_ids)):
        kiosk = kiosk_of_card(connection, card_id)
        if kiosk is not None:
            revoke_codes(
                connection,
                card_id=card_id,
                at=at,
                actor=actor,
                reason="no active owner",
                kiosk_id=kiosk.id,
            )


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
