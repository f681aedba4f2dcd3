"""Use case revoke_card_qr: a card's live code must not be taken any more, and every terminal is told."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import binding_of
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import MemberRow
from hub_server.payment_codes.queries import CodeRow, advance_codes, live_codes_of
from hub_server.payment_codes.states import CodeState
from shared.api.changes import CodeRevoked
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def revoke_own_code(
    connection: Connection, *, member: MemberRow, card_id: str, at: datetime
) -> CodeRow | None:
    """Revoke the live code of a card that the member may present; nothing to revoke is no error.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it), FORBIDDEN (a viewer).
    """
    binding = binding_of(connection, card_id, member.id) if is_uuid7(card_id) else None
    if binding is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if not binding.may_present:
        raise CodedError(Code.FORBIDDEN, "a viewer has no code to revoke")
    return revoke_code(
        connection, card_id=card_id, at=at, actor=Actor("member", member.id), reason="asked by the member"
    )


def revoke_code(
    connection: Connection, *, card_id: str, at: datetime, actor: Actor, reason: str
) -> CodeRow | None:
    """Revoke the card's live code, if it has one that has not expired; the code as it is now."""
    lock_rows(connection, "card", [card_id])
    live = live_codes_of(connection, [card_id]).get(card_id)
    if live is None:
        return None
    if live.expires_at < at:
        advance_codes(connection, [live.code_ref], CodeState.LIVE, CodeState.EXPIRED, at=at, actor=actor.id)
        return None
    moved = advance_codes(
        connection, [live.code_ref], CodeState.LIVE, CodeState.REVOKED, at=at, actor=actor.id
    )
    event = actor.did(AuditName.QR_REVOKE, "card", card_id, code_ref=live.code_ref, reason=reason)
    record(connection, at, [event])
    told = CodeRevoked(code_ref=live.code_ref, exp=live.expires_at)
    payload = {"kind": "code_revoked", "data": told.model_dump(mode="json")}
    enqueue(connection, at, [News(FEED, payload)])
    return moved[0]
