"""A binding as far as it is the caller's business: one's own, or any on a card that one owns."""

from hub_server.bindings.queries import BindingRow, binding_of, binding_with_id
from hub_server.bindings.states import BindingRole
from hub_server.foundation.storage import Connection
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def visible_binding(connection: Connection, binding_id: str, member_id: str) -> BindingRow:
    """The binding; unknown ones and others' are refused alike.

    Raises:
        CodedError: NOT_FOUND.
    """
    binding = binding_with_id(connection, binding_id) if is_uuid7(binding_id) else None
    if binding is None:
        raise CodedError(Code.NOT_FOUND)
    if binding.member_id != member_id:
        own = binding_of(connection, binding.card_id, member_id)
        if own is None or own.role is not BindingRole.OWNER:
            raise CodedError(Code.NOT_FOUND)
    return binding
