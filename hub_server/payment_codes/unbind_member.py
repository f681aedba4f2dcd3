"""Use case: a member loses a card. It lives here since the member's codes on the card are revoked."""

from datetime import datetime

from hub_server.audit import Actor
from hub_server.bindings import end_bindings, refuse_last_owner, visible_binding
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import require_active
from hub_server.payment_codes.revoke_code import revoke_codes


def unbind_member(connection: Connection, *, member_id: str, binding_id: str, at: datetime) -> None:
    """A member leaves, or an owner of the card removes another.

    Raises:
        CodedError: NOT_FOUND (no such binding, or one that is none of the caller's business),
            CANNOT_REMOVE_LAST_OWNER, MEMBER_NOT_ACTIVE.
    """
    card_id = visible_binding(connection, binding_id, member_id).card_id
    lock_rows(connection, "card", [card_id])
    require_active(connection, member_id)
    binding = visible_binding(connection, binding_id, member_id)
    refuse_last_owner(connection, binding)
    actor = Actor("member", member_id)
    end_bindings(connection, [binding], at=at, actor=actor)
    revoke_codes(
        connection,
        card_id=card_id,
        at=at,
        actor=actor,
        reason="no longer bound to the card",
        member_id=binding.member_id,
    )
