"""Use case: an owner bounds what a member may spend with a shared card."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.owned_card import owned_card
from hub_server.bindings.queries import BindingRow, Caps, binding_with_id, write_caps
from hub_server.bindings.states import BindingRole
from hub_server.bindings.visible_binding import visible_binding
from hub_server.foundation.storage import Connection
from shared.problems import Code, CodedError


@dataclass(frozen=True, slots=True)
class NewCaps:
    """A binding as it was, and whether the member may spend less now."""

    binding: BindingRow
    are_tighter: bool


def set_caps(connection: Connection, *, owner_id: str, binding_id: str, caps: Caps, at: datetime) -> NewCaps:
    """Bound it from the next charge on; both caps are replaced. (`payment_codes.bound_spending` does the rest.)

    Raises:
        CodedError: NOT_FOUND (no such binding, or one that is none of the caller's business), FORBIDDEN (the
            caller's own, on another's card), INVALID_ROLE (an owner has no caps), MEMBER_NOT_ACTIVE.
    """
    seen = visible_binding(connection, binding_id, owner_id)
    owned_card(connection, seen.card_id, owner_id)
    binding = binding_with_id(connection, binding_id)
    if binding is None:
        raise CodedError(Code.NOT_FOUND)
    if binding.role is BindingRole.OWNER:
        raise CodedError(Code.INVALID_ROLE, "an owner has no caps")
    write_caps(connection, binding_id, caps)
    event = Actor("member", owner_id).did(
        AuditName.BINDING_CAPS,
        "card",
        binding.card_id,
        member_id=binding.member_id,
        per_charge=caps.per_charge,
        per_day=caps.per_day,
    )
    record(connection, at, [event])
    return NewCaps(binding, caps.is_tighter_than(binding.caps))
