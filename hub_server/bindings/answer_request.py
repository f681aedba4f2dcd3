"""Use cases: what waits for an owner of a card, and the owner's answer."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.owned_card import owned_card, require_binding_card, require_owner
from hub_server.bindings.queries import binding_of, raise_role
from hub_server.bindings.queries.sharing import (
    RequestRow,
    advance_request,
    request_with_id,
    waiting_requests,
)
from hub_server.bindings.seen_binding import seen_request
from hub_server.bindings.states import RequestState
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_place, write_place
from shared.api.bindings import RoleRequestList
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def list_requests(
    connection: Connection, *, owner_id: str, card_id: str, limit: int, cursor: str | None
) -> RoleRequestList:
    """Requests on the card that wait, oldest first.

    Raises:
        CodedError: CARD_NOT_FOUND, FORBIDDEN; INVALID_REQUEST for a made-up cursor.
    """
    require_owner(connection, card_id, owner_id)
    after = None if cursor is None else read_place(cursor)
    found = waiting_requests(connection, card_id, after=after, limit=limit + 1)
    page = found[:limit]
    next_cursor = None
    if len(found) > limit:
        next_cursor = write_place(page[-1].request.asked_at, page[-1].request.id)
    return RoleRequestList(items=tuple(seen_request(item) for item in page), next_cursor=next_cursor)


def confirm_request(
    connection: Connection, *, owner_id: str, card_id: str, request_id: str, at: datetime
) -> None:
    """Give the viewer the wished role; confirming again changes nothing.

    Raises:
        CodedError: CARD_NOT_FOUND, FORBIDDEN, MEMBER_NOT_ACTIVE, CARD_NOT_ACTIVE; NOT_FOUND (no such request on the
            card, or it was refused).
    """
    card = owned_card(connection, card_id, owner_id)
    request = _request_on(connection, card_id, request_id, RequestState.CONFIRMED)
    if request.state is RequestState.CONFIRMED:
        return
    require_binding_card(card, at)
    binding = binding_of(connection, card_id, request.member_id)
    if binding is None or not advance_request(
        connection, request_id, RequestState.CONFIRMED, at=at, by=owner_id
    ):
        raise CodedError(Code.NOT_FOUND)
    raise_role(connection, binding.id, binding.role, request.role)
    _write_down(connection, AuditName.BINDING, owner_id, request, at)


def refuse_request(
    connection: Connection, *, owner_id: str, card_id: str, request_id: str, at: datetime
) -> None:
    """Leave the member a viewer; refusing again changes nothing.

    Raises:
        CodedError: CARD_NOT_FOUND, FORBIDDEN, MEMBER_NOT_ACTIVE; NOT_FOUND (no such request on the card, or it was
            confirmed).
    """
    owned_card(connection, card_id, owner_id)
    request = _request_on(connection, card_id, request_id, RequestState.REFUSED)
    if advance_request(connection, request_id, RequestState.REFUSED, at=at, by=owner_id):
        _write_down(connection, AuditName.BINDING_REFUSED, owner_id, request, at)


def _request_on(connection: Connection, card_id: str, request_id: str, to: RequestState) -> RequestRow:
    request = request_with_id(connection, request_id) if is_uuid7(request_id) else None
    if request is None or request.card_id != card_id or request.state not in (RequestState.WAITING, to):
        raise CodedError(Code.NOT_FOUND)
    return request


def _write_down(
    connection: Connection, name: AuditName, owner_id: str, request: RequestRow, at: datetime
) -> None:
    role = request.role.value
    actor = Actor("member", owner_id)
    event = actor.did(name, "card", request.card_id, member_id=request.member_id, role=role)
    record(connection, at, [event])
