"""Bindings and what leads to them, as members see them."""

from hub_server.bindings.queries import BindingRow
from hub_server.bindings.queries.sharing import SeenRequest
from hub_server.bindings.seen_card import ROLES_ON_WIRE, seen_caps
from hub_server.bindings.states import BindingRole
from shared.api import bindings as api

PHONE_DIGITS_SHOWN = 3


def seen_binding(
    binding: BindingRow, *, card_no: str, name: str, requested: BindingRole | None = None
) -> api.Binding:
    """The message; `name` is the bound member's."""
    return api.Binding(
        id=binding.id,
        card_id=binding.card_id,
        card_no=card_no,
        member_id=binding.member_id,
        name=name,
        role=ROLES_ON_WIRE[binding.role],
        requested_role=None if requested is None else ROLES_ON_WIRE[requested],
        bound_at=binding.bound_at,
        caps=seen_caps(binding.caps),
    )


def seen_request(seen: SeenRequest) -> api.RoleRequest:
    """The message: enough for an owner to know who asks, and no whole phone number."""
    return api.RoleRequest(
        id=seen.request.id,
        member_id=seen.request.member_id,
        name=seen.name,
        phone_end=seen.phone[-PHONE_DIGITS_SHOWN:],
        role=ROLES_ON_WIRE[seen.request.role],
        asked_at=seen.request.asked_at,
    )
