"""Use case revoke_card_qr: a card's codes must not be taken any more, and every terminal is told."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import binding_of
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import MemberRow
from hub_server.payment_codes.queries import CodeRow, advance_codes, codes_to_revoke, mark_revoked
from hub_server.payment_codes.states import CodeState
from shared.api.changes import CodeRevoked
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def revoke_own_code(connection: Connection, *, member: MemberRow, card_id: str, at: datetime) -> list[str]:
    """Revoke the codes of a card that the member may present; nothing to revoke is no error.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it), FORBIDDEN (a viewer).
    """
    binding = binding_of(connection, card_id, member.id) if is_uuid7(card_id) else None
    if binding is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if not binding.may_present:
        raise CodedError(Code.FORBIDDEN, "a viewer has no code to revoke")
    return revoke_codes(
        connection, card_id=card_id, at=at, actor=Actor("member", member.id), reason="asked by the member"
    )


def revoke_codes(
    connection: Connection,
    *,
    card_id: str,
    at: datetime,
    actor: Actor,
    reason: str,
    member_id: str | None = None,
    kiosk_id: str | None = None,
) -> list[str]:
    """Revoke every code of the card that has not expired, whatever its state; their names.

    With a `member_id`, only those that this member was given; with a `kiosk_id`, those made for that screen.

    A replaced or used code stays what it is and is revoked besides: a terminal without a line would still
    honour it, and does not from the contact on at which it was told (protocol.md 5, rule 1).
    """
    lock_rows(connection, "card", [card_id])
    codes = [
        code
        for code in codes_to_revoke(connection, card_id, at)
        if member_id in (None, code.member_id) and kiosk_id in (None, code.kiosk_id)
    ]
    live = [code.code_ref for code in codes if code.state is CodeState.LIVE]
    others = [code.code_ref for code in codes if code.state is not CodeState.LIVE]
    advance_codes(connection, live, CodeState.LIVE, CodeState.REVOKED, at=at, actor=actor.id)
    mark_revoked(connection, others, at)
    tell_revoked(connection, codes, at=at, actor=actor, reason=reason)
    return [code.code_ref for code in codes]


def tell_revoked(
    connection: Connection, codes: Sequence[CodeRow], *, at: datetime, actor: Actor, reason: str
) -> None:
    """Write to the audit log that these codes were revoked, and let every terminal be told."""
    record(
        connection,
        at,
        [
            actor.did(AuditName.QR_REVOKE, "card", code.card_id, code_ref=code.code_ref, reason=reason)
            for code in codes
        ],
    )
    told = [CodeRevoked(code_ref=code.code_ref, exp=code.expires_at) for code in codes]
    payloads = [{"kind": "code_revoked", "data": each.model_dump(mode="json")} for each in told]
    enqueue(connection, at, [News(FEED, payload) for payload in payloads])
