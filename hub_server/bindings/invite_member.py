"""Use cases: an owner invites somebody to a card (邀請家人), and the invited member takes it up."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.bind_by_number import Bound
from hub_server.bindings.bind_card import bind_card
from hub_server.bindings.owned_card import owned_card, require_binding_card, require_shareable
from hub_server.bindings.queries import binding_of
from hub_server.bindings.queries.sharing import (
    InvitationRow,
    insert_invitation,
    invitation_with_hash,
    use_invitation,
)
from hub_server.bindings.rules import INVITATION_BYTES, invitation_hash, invitation_url, role_named
from hub_server.bindings.states import BindingRole
from hub_server.cards import read_card
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import member_of, require_active
from shared.problems import Code, CodedError
from shared.signing import to_base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitation:
    """An invitation's token, shown once, and the address that carries it."""

    token: str = field(repr=False)
    url: str = field(repr=False)
    expires_at: datetime


def invite_member(
    connection: Connection, context: Context, *, owner_id: str, card_id: str, role: str, at: datetime
) -> NewInvitation:
    """One use, 24 hours. An owner may invite another owner: there is no other way to become one.

    Raises:
        CodedError: CARD_NOT_FOUND, FORBIDDEN, MEMBER_NOT_ACTIVE, CARD_TYPE_NOT_SHAREABLE, CARD_NOT_ACTIVE,
            INVALID_ROLE.
    """
    card = owned_card(connection, card_id, owner_id)
    require_binding_card(card, at)
    require_shareable(card)
    offered = role_named(role)
    if offered is None:
        raise CodedError(Code.INVALID_ROLE)
    token = to_base64url(context.random_bytes(INVITATION_BYTES))
    made = InvitationRow(
        token_hash=invitation_hash(token),
        card_id=card.id,
        role=offered,
        invited_by=owner_id,
        created_at=at,
        expires_at=at + timedelta(seconds=context.settings.invitation_ttl_s),
    )
    insert_invitation(connection, made)
    invited = Actor("member", owner_id).did(AuditName.INVITATION, "card", card.id, role=offered.value)
    record(connection, at, [invited])
    return NewInvitation(
        token=token, url=invitation_url(context.settings.base_url, token), expires_at=made.expires_at
    )


def bind_by_invitation(
    connection: Connection, context: Context, *, member_id: str, token: str, at: datetime
) -> Bound:
    """Bind in the role that the invitation gives; who took it up before gets the same answer again.

    Whoever is bound to the card already keeps that binding, and the invitation stays unused.

    Raises:
        CodedError: MEMBER_NOT_ACTIVE, CARD_NOT_ACTIVE; INVITATION_INVALID (wrong, used, expired, or whoever
            invited is suspended or owns the card no more).
    """
    require_active(connection, member_id)
    token_hash = invitation_hash(token)
    seen = invitation_with_hash(connection, token_hash)
    if seen is None:
        raise CodedError(Code.INVITATION_INVALID)
    lock_rows(connection, "card", [seen.card_id])
    invitation = invitation_with_hash(connection, token_hash)
    card = read_card(connection, seen.card_id)
    if invitation is None or card is None:
        raise CodedError(Code.INVITATION_INVALID)
    there = binding_of(connection, card.id, member_id)
    if there is not None and invitation.used_by == member_id:
        return Bound(card, there)
    is_over = invitation.used_at is not None or invitation.expires_at <= at
    if is_over or not _may_invite(connection, card.id, invitation.invited_by):
        raise CodedError(Code.INVITATION_INVALID)
    require_binding_card(card, at)
    if there is not None:
        return Bound(card, there)
    if not use_invitation(connection, token_hash, member_id, at):
        raise CodedError(Code.INVITATION_INVALID)
    binding = bind_card(
        connection,
        context.ids,
        card_id=card.id,
        member_id=member_id,
        role=invitation.role,
        at=at,
        actor=Actor("member", member_id),
    )
    return Bound(card, binding, is_new=True)


def _may_invite(connection: Connection, card_id: str, member_id: str) -> bool:
    """Whether whoever invited is an active owner of the card still."""
    binding = binding_of(connection, card_id, member_id)
    member = member_of(connection, member_id)
    is_owner = binding is not None and binding.role is BindingRole.OWNER
    return is_owner and member is not None and member.is_active
