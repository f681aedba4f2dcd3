"""Rows of the ways to a binding: requests that wait for an owner, invitations, wrong passwords."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from hub_server.bindings.states import REQUEST_TRANSITIONS, BindingRole, RequestState
from hub_server.bindings.tables import binding_requests, binding_tries, invitations
from hub_server.foundation.storage import insert_new_rows
from hub_server.members.tables import members


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A viewer's wish for a role."""

    id: str
    card_id: str
    member_id: str
    role: BindingRole
    state: RequestState
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request and who asks; `phone` in E.164."""

    request: RequestRow
    name: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """An invitation without its token."""

    token_hash: bytes = field(repr=False)
    card_id: str
    role: BindingRole
    invited_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong passwords since the last right one or the last lock, and until when binding is locked."""

    wrong: int = 0
    locked_until: datetime | None = None


def insert_request(connection: Connection, request: RequestRow) -> None:
    """Write a request; one card and member have at most one that waits."""
    connection.execute(
        insert(binding_requests).values(
            id=request.id,
            card_id=request.card_id,
            member_id=request.member_id,
            role=request.role.value,
            state=request.state.value,
            asked_at=request.asked_at,
        )
    )


def request_with_id(connection: Connection, request_id: str) -> RequestRow | None:
    """The request with this id."""
    row = connection.execute(select(binding_requests).where(binding_requests.c.id == request_id)).first()
    return None if row is None else _request(row)


def waiting_request_of(connection: Connection, card_id: str, member_id: str) -> RequestRow | None:
    """The member's request on the card that nobody has answered."""
    row = connection.execute(
        select(binding_requests).where(
            binding_requests.c.card_id == card_id,
            binding_requests.c.member_id == member_id,
            binding_requests.c.state == RequestState.WAITING.value,
        )
    ).first()
    return None if row is None else _request(row)


def waiting_requests(
    connection: Connection, card_id: str, *, after: tuple[datetime, str] | None, limit: int
) -> list[SeenRequest]:
    """Requests on the card that wait, oldest first; `after` is the time and id of the last one already seen."""
    asked_at, identifier = binding_requests.c.asked_at, binding_requests.c.id
    statement = (
        select(binding_requests, members.c.name, members.c.phone)
        .join(members, members.c.id == binding_requests.c.member_id)
        .where(binding_requests.c.card_id == card_id, binding_requests.c.state == RequestState.WAITING.value)
    )
    if after is not None:
        later = and_(asked_at == after[0], identifier > after[1])
        statement = statement.where(or_(asked_at > after[0], later))
    rows = connection.execute(statement.order_by(asked_at, identifier).limit(limit))
    return [SeenRequest(_request(row), row.name, row.phone) for row in rows]


def advance_request(
    connection: Connection, request_id: str, to: RequestState, *, at: datetime, by: str | None
) -> bool:
    """Compare and set; false if it was answered already. `by` is the member who decided, if one did."""
    seen = [state.value for state, nexts in REQUEST_TRANSITIONS.items() if to in nexts]
    moved = connection.execute(
        update(binding_requests)
        .where(binding_requests.c.id == request_id, binding_requests.c.state.in_(seen))
        .values(state=to.value, decided_at=at, decided_by=by)
        .returning(binding_requests.c.id)
    )
    return moved.first() is not None


def insert_invitation(connection: Connection, invitation: InvitationRow) -> None:
    """Write an invitation."""
    connection.execute(
        insert(invitations).values(
            token_hash=invitation.token_hash,
            card_id=invitation.card_id,
            role=invitation.role.value,
            invited_by=invitation.invited_by,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )
    )


def invitation_with_hash(connection: Connection, token_hash: bytes) -> InvitationRow | None:
    """The invitation whose token has this SHA-256."""
    row = connection.execute(select(invitations).where(invitations.c.token_hash == token_hash)).first()
    if row is None:
        return None
    return InvitationRow(**(dict(row._mapping) | {"role": BindingRole(row.role)}))


def use_invitation(connection: Connection, token_hash: bytes, member_id: str, at: datetime) -> bool:
    """Compare and set; false if it was used already."""
    used = connection.execute(
        update(invitations)
        .where(invitations.c.token_hash == token_hash, invitations.c.used_at.is_(None))
        .values(used_at=at, used_by=member_id)
        .returning(invitations.c.card_id)
    )
    return used.first() is not None


def tries_of(connection: Connection, card_id: str) -> Tries:
    """How many wrong passwords the card has seen."""
    row = connection.execute(select(binding_tries).where(binding_tries.c.card_id == card_id)).first()
    return Tries() if row is None else Tries(row.wrong, row.locked_until)


def write_tries(connection: Connection, card_id: str, tries: Tries) -> None:
    """Write the count; the caller holds the card's lock."""
    insert_new_rows(connection, binding_tries, [{"card_id": card_id, "wrong": 0}])
    connection.execute(
        update(binding_tries)
        .where(binding_tries.c.card_id == card_id)
        .values(wrong=tries.wrong, locked_until=tries.locked_until)
    )


def _request(row: Row[tuple[object, ...]]) -> RequestRow:
    return RequestRow(
        id=row.id,
        card_id=row.card_id,
        member_id=row.member_id,
        role=BindingRole(row.role),
        state=RequestState(row.state),
        asked_at=row.asked_at,
    )
