"""Use case: a member gets a right on a card."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.queries import BindingRow, insert_bindings
from hub_server.bindings.states import BindingRole
from hub_server.foundation.storage import Connection
from shared.ids import IdSource


def bind_card(
    connection: Connection,
    ids: IdSource,
    *,
    card_id: str,
    member_id: str,
    role: BindingRole,
    at: datetime,
    actor: Actor,
) -> BindingRow:
    """Bind without asking for a password: what the card's issuer or owner decides."""
    binding = BindingRow(id=ids.new(), card_id=card_id, member_id=member_id, role=role, bound_at=at)
    insert_bindings(connection, [binding])
    event = actor.did(AuditName.BINDING, "card", card_id, member_id=member_id, role=role.value)
    record(connection, at, [event])
    return binding
