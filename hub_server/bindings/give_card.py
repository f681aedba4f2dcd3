"""Use case: a hub issues a card, to a member or to nobody yet."""

from datetime import datetime

from hub_server.audit import Actor
from hub_server.bindings.bind_card import bind_card
from hub_server.bindings.queries import owns_open_card_of
from hub_server.bindings.states import BindingRole
from hub_server.cards import SHAREABLE, CardRow, CardTypeName, NewCard, issue_card
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import member_of, require_active
from shared.ids import is_uuid7
from shared.problems import Code, CodedError, FieldError


def give_card(
    connection: Connection,
    context: Context,
    new: NewCard,
    *,
    member_id: str | None,
    at: datetime,
    actor: Actor,
) -> CardRow:
    """Issue a card and bind the member as its owner.

    Raises:
        CodedError: INVALID_REQUEST (a standard or voucher card without a member, a rate on a card that has none,
            an expiry that has passed), NOT_FOUND (no such member), MEMBER_NOT_ACTIVE, LIMIT_EXCEEDED (a second
            standard card).
    """
    is_shareable = new.card_type in SHAREABLE
    if new.fixed_rate is not None and not is_shareable:
        raise _wrong("/fixed_rate", "only a prepaid or corporate card has a rate of its own")
    if new.expires_at is not None and new.expires_at <= at:
        raise _wrong("/expires_at", "has passed")
    if member_id is None and not is_shareable:
        raise _wrong("/member_id", "a card of this type needs its owner")
    if member_id is not None:
        _require_fit(connection, member_id, new.card_type)
    card = issue_card(connection, context.ids, new, currency=context.settings.currency, at=at, actor=actor)
    if member_id is not None:
        bind_card(
            connection,
            context.ids,
            card_id=card.id,
            member_id=member_id,
            role=BindingRole.OWNER,
            at=at,
            actor=actor,
        )
    return card


def _require_fit(connection: Connection, member_id: str, card_type: CardTypeName) -> None:
    if not is_uuid7(member_id) or member_of(connection, member_id) is None:
        raise CodedError(Code.NOT_FOUND, "no such member")
    lock_rows(connection, "member", [member_id])
    require_active(connection, member_id)
    if card_type is CardTypeName.STANDARD and owns_open_card_of(connection, member_id, card_type):
        raise CodedError(Code.LIMIT_EXCEEDED, "the member has a standard card")


def _wrong(pointer: str, detail: str) -> CodedError:
    return CodedError(Code.INVALID_REQUEST, fields=(FieldError(pointer=pointer, detail=detail),))
