"""Use case: a member gets a right on cards."""

from collections.abc import Sequence
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.queries import BindingRow, Caps, insert_bindings
from hub_server.bindings.queries.kept_caps import caps_kept_of
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
    """Bind one card (see `bind_cards`)."""
    return bind_cards(
        connection, ids, card_ids=[card_id], member_id=member_id, role=role, at=at, actor=actor
    )[0]


def bind_cards(
    connection: Connection,
    ids: IdSource,
    *,
    card_ids: Sequence[str],
    member_id: str,
    role: BindingRole,
    at: datetime,
    actor: Actor,
) -> list[BindingRow]:
    """Bind without asking for a password: what the cards' issuer or owner decides.

    Caps under which the member left a card hold again, until an owner lifts them; an owner has none.
    """
    kept = {} if role is BindingRole.OWNER else caps_kept_of(connection, card_ids, member_id)
    made = [
        BindingRow(
            id=ids.new(),
            card_id=card_id,
            member_id=member_id,
            role=role,
            bound_at=at,
            caps=kept.get(card_id, Caps()),
        )
        for card_id in card_ids
    ]
    insert_bindings(connection, made)
    record(
        connection,
        at,
        [
            actor.did(AuditName.BINDING, "card", card_id, member_id=member_id, role=role.value)
            for card_id in card_ids
        ],
    )
    return made
