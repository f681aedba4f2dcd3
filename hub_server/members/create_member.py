"""Use case: a person becomes a member."""

from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.members.queries import MemberRow, insert_member
from hub_server.members.rules import clean_email, clean_name
from hub_server.members.states import MemberStatus
from shared.problems import Code, CodedError


def create_member(
    connection: Connection, *, member_id: str, phone: str, name: str, email: str | None, at: datetime
) -> MemberRow:
    """Write a new, active member.

    Args:
        phone: E.164, proven to be the person's.

    Raises:
        CodedError: PHONE_ALREADY_REGISTERED; INVALID_REQUEST for a name or e-mail that cannot be kept.
    """
    member = MemberRow(
        id=member_id,
        phone=phone,
        name=clean_name(name),
        email=clean_email(email),
        status=MemberStatus.ACTIVE,
        registered_at=at,
    )
    if not insert_member(connection, member):
        raise CodedError(Code.PHONE_ALREADY_REGISTERED)
    return member
