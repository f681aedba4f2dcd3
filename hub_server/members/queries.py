"""Rows of members."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from hub_server.foundation.storage import insert_new_rows
from hub_server.members.states import MemberStatus
from hub_server.members.tables import members


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A member; `phone` in E.164."""

    id: str
    phone: str = field(repr=False)
    name: str = field(repr=False)
    email: str | None = field(repr=False)
    status: MemberStatus
    registered_at: datetime

    @property
    def is_active(self) -> bool:
        """Whether the member's codes pay."""
        return self.status is MemberStatus.ACTIVE


def insert_member(connection: Connection, member: MemberRow) -> bool:
    """Write a new member; false if the phone is another's already."""
    insert_new_rows(connection, members, [_values(member)])
    there = member_by_phone(connection, member.phone)
    return there is not None and there.id == member.id


def insert_members(connection: Connection, rows: Sequence[MemberRow]) -> None:
    """Write many whose phones are known to be free."""
    if rows:
        connection.execute(insert(members), [_values(row) for row in rows])


def member_by_phone(connection: Connection, phone: str) -> MemberRow | None:
    """The member with this phone (E.164)."""
    row = connection.execute(select(members).where(members.c.phone == phone)).first()
    return None if row is None else _member(row)


def member_of(connection: Connection, member_id: str) -> MemberRow | None:
    """The member with this id."""
    return members_by_id(connection, [member_id]).get(member_id)


def members_by_id(connection: Connection, member_ids: Sequence[str]) -> dict[str, MemberRow]:
    """Those members, in one statement."""
    rows = connection.execute(select(members).where(members.c.id.in_(member_ids)))
    return {row.id: _member(row) for row in rows}


def _values(member: MemberRow) -> dict[str, object]:
    return {
        "id": member.id,
        "phone": member.phone,
        "name": member.name,
        "email": member.email,
        "status": member.status.value,
        "registered_at": member.registered_at,
    }


def _member(row: Row[tuple[object, ...]]) -> MemberRow:
    return MemberRow(
        id=row.id,
        phone=row.phone,
        name=row.name,
        email=row.email,
        status=MemberStatus(row.status),
        registered_at=row.registered_at,
    )
