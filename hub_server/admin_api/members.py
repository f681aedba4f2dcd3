"""`/admin/members`: who they are, and suspending and resuming them."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.admin_api.cards_messages import CardSummary
from hub_server.bindings import BindingRole, bindings_of_member
from hub_server.cards import cards_by_id
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit, read_place, write_place
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.foundation.web.texts import Reason
from hub_server.members import MemberRow, MemberStatus, find_members, member_of, to_e164
from hub_server.payment_codes import resume_member, suspend_member
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.problems import Code, CodedError

_Phone = Annotated[str | None, Query(min_length=1, max_length=32)]
_Name = Annotated[str | None, Query(min_length=1, max_length=64)]
Change = Callable[..., bool]


class MemberChange(Request):
    """Why a member is suspended or resumed."""

    reason: Reason


class MemberSummary(Message):
    """A member; `phone` in E.164."""

    id: str
    phone: str
    name: str
    email: str | None
    status: MemberStatus
    registered_at: WireInstant

    @classmethod
    def of(cls, member: MemberRow) -> "MemberSummary":
        """The message of a row."""
        return cls(**_summary(member))


class MemberList(Message):
    """A page, the newest first."""

    items: tuple[MemberSummary, ...]
    next_cursor: str | None = None


class HeldCard(Message):
    """A card and the member's right on it."""

    binding_id: str
    role: BindingRole
    card: CardSummary


class MemberDetail(MemberSummary):
    """A member and the cards that they are bound to."""

    cards: tuple[HeldCard, ...]


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/members", tags=["admin"])
    reads = Depends(admin_gate(context, Permission.READ))
    gate = Depends(admin_gate(context, Permission.MEMBERS))

    @routes.get("", responses=problems(Code.PHONE_INVALID))
    def members(
        _session: Annotated[AdminSession, reads],
        phone: _Phone = None,
        name: _Name = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> MemberList:
        """Members, the newest first: with this phone in any spelling, with this text in the name."""
        number = None if phone is None else to_e164(phone, context.settings.default_region)
        return context.database.read(lambda c: _page(c, phone=number, name=name, limit=limit, cursor=cursor))

    @routes.get("/{member_id}", responses=problems(Code.NOT_FOUND))
    def member(_session: Annotated[AdminSession, reads], member_id: PathId) -> MemberDetail:
        """A member and their cards."""
        known = known_form(member_id)
        return context.database.read(lambda connection: _detail(connection, known))

    def _change(session: AdminSession, member_id: str, body: MemberChange, change: Change) -> MemberDetail:
        known, at = known_form(member_id), context.clock.now()

        def _changed(connection: Connection) -> MemberDetail:
            change(connection, member_id=known, at=at, actor=session.actor, reason=body.reason)
            return _detail(connection, known)

        return context.database.run(_changed)

    @routes.post("/{member_id}/suspend", responses=problems(Code.NOT_FOUND))
    def suspend(
        session: Annotated[AdminSession, gate], member_id: PathId, body: MemberChange
    ) -> MemberDetail:
        """Stop a member: codes on every card are revoked, sessions end."""
        return _change(session, member_id, body, suspend_member)

    @routes.post("/{member_id}/resume", responses=problems(Code.NOT_FOUND))
    def resume(session: Annotated[AdminSession, gate], member_id: PathId, body: MemberChange) -> MemberDetail:
        """Let a member go on, with a new sign-in and new codes."""
        return _change(session, member_id, body, resume_member)

    return routes


def _page(
    connection: Connection, *, phone: str | None, name: str | None, limit: int, cursor: str | None
) -> MemberList:
    before = None if cursor is None else read_place(cursor)
    found = find_members(connection, phone=phone, name=name, before=before, limit=limit + 1)
    page = found[:limit]
    return MemberList(
        items=tuple(MemberSummary.of(member) for member in page),
        next_cursor=write_place(page[-1].registered_at, page[-1].id) if len(found) > limit else None,
    )


def _detail(connection: Connection, member_id: str) -> MemberDetail:
    member = member_of(connection, member_id)
    if member is None:
        raise CodedError(Code.NOT_FOUND)
    bound = bindings_of_member(connection, member_id)
    cards = cards_by_id(connection, [binding.card_id for binding in bound])
    return MemberDetail(
        **_summary(member),
        cards=tuple(
            HeldCard(binding_id=binding.id, role=binding.role, card=CardSummary.of(cards[binding.card_id]))
            for binding in bound
        ),
    )


def _summary(member: MemberRow) -> dict[str, Any]:
    return {
        "id": member.id,
        "phone": member.phone,
        "name": member.name,
        "email": member.email,
        "status": member.status,
        "registered_at": member.registered_at,
    }
