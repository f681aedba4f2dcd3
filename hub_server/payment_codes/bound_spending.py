"""Use case: an owner bounds what a member spends. It lives here since codes made before may carry too much."""

from datetime import datetime

from hub_server.audit import Actor
from hub_server.bindings import Caps, set_caps
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.revoke_code import revoke_codes


def bound_spending(
    connection: Connection, *, owner_id: str, binding_id: str, caps: Caps, at: datetime
) -> None:
    """Set the caps (see `bindings.set_caps` for what is refused).

    Where they are tighter, the member's codes are revoked: an older one could carry a higher offline limit.
    """
    done = set_caps(connection, owner_id=owner_id, binding_id=binding_id, caps=caps, at=at)
    if done.are_tighter:
        revoke_codes(
            connection,
            card_id=done.binding.card_id,
            at=at,
            actor=Actor("member", owner_id),
            reason="caps are tighter",
            member_id=done.binding.member_id,
        )
