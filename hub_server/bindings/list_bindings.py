"""Use case: who is bound to a card."""

from hub_server.bindings.queries import binding_of, bindings_of_cards
from hub_server.bindings.queries.sharing import waiting_request_of
from hub_server.bindings.seen_binding import seen_binding
from hub_server.bindings.states import BindingRole
from hub_server.cards import read_card
from hub_server.foundation.storage import Connection
from hub_server.members import members_by_id
from shared.api.bindings import BindingList
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def list_bindings(connection: Connection, *, member_id: str, card_id: str) -> BindingList:
    """All of the card for an owner; for anybody else bound to it, their own.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it).
    """
    own = binding_of(connection, card_id, member_id) if is_uuid7(card_id) else None
    card = None if own is None else read_card(connection, card_id)
    if own is None or card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    bound = bindings_of_cards(connection, [card_id]) if own.role is BindingRole.OWNER else [own]
    members = members_by_id(connection, [binding.member_id for binding in bound])
    waiting = {
        binding.member_id: waiting_request_of(connection, card_id, binding.member_id)
        for binding in bound
        if binding.role is BindingRole.VIEWER
    }
    roles = {member: request.role for member, request in waiting.items() if request is not None}
    return BindingList(
        items=tuple(
            seen_binding(
                binding,
                card_no=card.card_no,
                name=members[binding.member_id].name,
                requested=roles.get(binding.member_id),
            )
            for binding in bound
        )
    )
