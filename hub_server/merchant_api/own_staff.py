"""A merchant's own people; those of others are as unknown as nobody.

A manager of a store sees and moves those who stand or stood there, but neither makes nor unmakes a store manager:
a second person's PIN that one can give oneself is no second person's.
"""

from collections.abc import Sequence
from typing import Any

from hub_server.access import MerchantSession
from hub_server.foundation.storage import Connection
from hub_server.staff import StaffRole, StaffRow, find_staff, open_posts, staff_after, stood_at
from shared.problems import Code, CodedError


def may_appoint(session: MerchantSession, role: StaffRole) -> None:
    """Only an owner appoints store managers.

    Raises:
        CodedError: FORBIDDEN.
    """
    if role is StaffRole.STORE_MANAGER and session.store_id is not None:
        raise CodedError(Code.FORBIDDEN, "only an owner appoints a store manager")


def own_person(connection: Connection, session: MerchantSession, staff_id: str, store_id: str) -> StaffRow:
    """Somebody whose post at a store, which the session may see, is about to change.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for a manager and somebody who is store manager there.
    """
    person = find_staff(connection, staff_id)
    if person is None or person.merchant_id != session.merchant_id:
        raise CodedError(Code.NOT_FOUND, "no such person")
    if session.store_id is not None:
        if not stood_at(connection, staff_id, session.store_id):
            raise CodedError(Code.NOT_FOUND, "no such person")
        held = [post for post in open_posts(connection, [staff_id]) if post.store_id == store_id]
        if any(post.role is StaffRole.STORE_MANAGER for post in held):
            raise CodedError(Code.FORBIDDEN, "only an owner moves a store manager")
    return person


def own_person_anywhere(connection: Connection, session: MerchantSession, staff_id: str) -> StaffRow:
    """Somebody of whom something changes that counts at every store.

    Raises:
        CodedError: NOT_FOUND; FORBIDDEN for a manager and somebody who is store manager anywhere, or who stands at
            another store too.
    """
    person = own_person(connection, session, staff_id, session.store_id or "")
    if session.store_id is not None:
        held = open_posts(connection, [staff_id])
        if any(post.store_id != session.store_id for post in held):
            raise CodedError(Code.FORBIDDEN, "only an owner changes what counts at another store too")
    return person


def seen_people(
    connection: Connection, session: MerchantSession, *, after: str | None, limit: int
) -> list[dict[str, Any]]:
    """A page of those the session may see, the oldest first, from after an id; with posts that it may see."""
    found = staff_after(connection, session.merchant_id, session.store_id, after, limit)
    return _with_posts(connection, found, session)


def person_seen(connection: Connection, person: StaffRow, session: MerchantSession) -> dict[str, Any]:
    """One person, with posts that the session may see."""
    return _with_posts(connection, [person], session)[0]


def _with_posts(
    connection: Connection, people: Sequence[StaffRow], session: MerchantSession
) -> list[dict[str, Any]]:
    held = open_posts(connection, [person.id for person in people])
    return [
        {
            "id": person.id,
            "name": person.name,
            "posts": [
                {"store_id": post.store_id, "role": post.role, "since": post.since}
                for post in held
                if post.staff_id == person.id and session.store_id in (None, post.store_id)
            ],
        }
        for person in people
    ]
