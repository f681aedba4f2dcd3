"""The roles in which a member may hold a card, and what becomes of a request for one."""

from enum import StrEnum


class BindingRole(StrEnum):
    """All but `viewer` may present a code."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


PRESENTING = frozenset({BindingRole.OWNER, BindingRole.ADMIN, BindingRole.MEMBER})
"""Who may present a payment code."""


class RequestState(StrEnum):
    """Of a wish to be more than a viewer."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


REQUEST_TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.WAITING: frozenset({RequestState.CONFIRMED, RequestState.REFUSED}),
    RequestState.CONFIRMED: frozenset(),
    RequestState.REFUSED: frozenset(),
}
