"""Rows of members."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from hub_server.foundation.storage import insert_new_rows
from hub_server.members.states import TRANSITIONS, MemberStatus
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


def find_members(
    connection: Connection,
    *,
    phone: str | None,
    name: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[MemberRow]:
    """Members with this phone (E.164) and a name that holds this text, whatever its case; the newest first.

    `before` is the registration and id of the last one already seen.
    """
    statement = select(members)
    if phone is not None:
        statement = statement.where(members.c.phone == phone)
    if name is not None:
        statement = statement.where(members.c.name.icontains(name, autoescape=True))
    if before is not None:
        moment, identifier = before
        older = and_(members.c.registered_at == moment, members.c.id < identifier)
        statement = statement.where(or_(members.c.registered_at < moment, older))
    newest_first = (members.c.registered_at.desc(), members.c.id.desc())
    return [_member(row) for row in connection.execute(statement.order_by(*newest_first).limit(limit))]


def set_member_status(connection: Connection, member_id: str, seen: MemberStatus, to: MemberStatus) -> bool:
    """Compare and set; false if the member is no longer in the state that was seen.

    Raises:
        ValueError: there is no such transition.
    """
    if to not in TRANSITIONS[seen]:
        raise ValueError(f"a member who is {seen} does not become {to}")
    moved = connection.execute(
        update(members)
        .where(members.c.id == member_id, members.c.status == seen.value)
        .values(status=to.value)
        .returning(members.c.id)
    )
    return moved.first() is not None


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
