"""Whether a member may still change anything: asked in the transaction of the change."""

from hub_server.foundation.storage import Connection
from hub_server.members.queries import MemberRow, member_of
from shared.problems import Code, CodedError


def require_active(connection: Connection, member_id: str) -> MemberRow:
    """The member as of now; a session's own copy may be from before a suspension.

    Raises:
        CodedError: MEMBER_NOT_ACTIVE.
    """
    member = member_of(connection, member_id)
    if member is None or not member.is_active:
        raise CodedError(Code.MEMBER_NOT_ACTIVE)
    return member
