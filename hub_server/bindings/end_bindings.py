"""Members lose their rights on a card. Their codes are revoked by whoever calls this (payment_codes)."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.queries import BindingRow, count_owners, delete_bindings
from hub_server.bindings.queries.kept_caps import keep_caps
from hub_server.bindings.queries.sharing import advance_request, waiting_request_of
from hub_server.bindings.states import BindingRole, RequestState
from hub_server.foundation.storage import Connection
from shared.problems import Code, CodedError


def refuse_last_owner(connection: Connection, binding: BindingRow) -> None:
    """The caller holds the card's lock.

    Raises:
        CodedError: CANNOT_REMOVE_LAST_OWNER.
    """
    if binding.role is BindingRole.OWNER and count_owners(connection, binding.card_id) == 1:
        raise CodedError(Code.CANNOT_REMOVE_LAST_OWNER)


def end_bindings(connection: Connection, ended: Sequence[BindingRow], *, at: datetime, actor: Actor) -> None:
    """Take bindings away, and with each the request that waits; the caller holds their cards' locks.

    Their caps are kept, and hold again when the member is bound to the card again.
    """
    for binding in ended:
        waiting = waiting_request_of(connection, binding.card_id, binding.member_id)
        if waiting is not None:
            by = actor.id if actor.kind == "member" else None
            advance_request(connection, waiting.id, RequestState.REFUSED, at=at, by=by)
    keep_caps(connection, ended)
    delete_bindings(connection, [binding.id for binding in ended])
    record(
        connection,
        at,
        [
            actor.did(
                AuditName.UNBINDING,
                "card",
                binding.card_id,
                member_id=binding.member_id,
                role=binding.role.value,
            )
            for binding in ended
        ],
    )
