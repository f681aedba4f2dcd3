"""Use case create_member_profile: a proven phone becomes a member with a standard card, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.access import OpenedSession, SessionKind, close_session, open_session
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import BindingRole, bind_card
from hub_server.cards import CardRow, CardTypeName, NewCard, issue_card
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import enqueue
from hub_server.foundation.storage import Connection
from hub_server.members import MemberRow, create_member
from hub_server.promotions import news_of_registration
from shared.problems import Code, CodedError


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """What the registration brought about."""

    member: MemberRow
    card: CardRow
    role: BindingRole
    session: OpenedSession


def create_member_profile(
    connection: Connection,
    context: Context,
    *,
    registration_token: str,
    name: str,
    email: str | None,
    at: datetime,
) -> NewMember:
    """Register the phone that the token proves; the token works once.

    Raises:
        CodedError: UNAUTHENTICATED (token unknown, used or expired), PHONE_ALREADY_REGISTERED, INVALID_REQUEST.
    """
    phone = close_session(connection, SessionKind.REGISTRATION, registration_token, at)
    if phone is None:
        raise CodedError(Code.UNAUTHENTICATED, "the registration has expired; prove the phone again")
    member = create_member(
        connection, member_id=context.ids.new(), phone=phone, name=name, email=email, at=at
    )
    actor = Actor("member", member.id)
    card = give_standard_card(connection, context, member.id, at=at, actor=actor)
    session = open_session(
        connection,
        context.random_bytes,
        kind=SessionKind.MEMBER,
        subject=member.id,
        life_s=context.settings.session_ttl_s,
        at=at,
    )
    return NewMember(member=member, card=card, role=BindingRole.OWNER, session=session)


def give_standard_card(
    connection: Connection, context: Context, member_id: str, *, at: datetime, actor: Actor
) -> CardRow:
    """What every registration brings, however it came: the event, a standard card, its owner, a running grant."""
    record(connection, at, [actor.did(AuditName.REGISTRATION, "member", member_id)])
    card = issue_card(
        connection,
        context.ids,
        NewCard(card_type=CardTypeName.STANDARD),
        currency=context.settings.currency,
        at=at,
        actor=actor,
    )
    bind_card(
        connection,
        context.ids,
        card_id=card.id,
        member_id=member_id,
        role=BindingRole.OWNER,
        at=at,
        actor=actor,
    )
    enqueue(connection, at, news_of_registration(connection, card.id, at))
    return card
