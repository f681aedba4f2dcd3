"""Reading and writing staff and posts."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from hub_server.staff.states import StaffRole
from hub_server.staff.tables import posts, staff
from shared.api.terminals import StaffMember


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """A person of a merchant's staff."""

    id: str
    merchant_id: str
    name: str
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostClaim:
    """That somebody was a manager of a store, as far as its terminals knew at the contact `at`."""

    staff_id: str
    store_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post that somebody holds now."""

    staff_id: str
    store_id: str
    role: StaffRole
    since: datetime


def insert_staff(connection: Connection, row: StaffRow, at: datetime) -> None:
    """Insert a person."""
    connection.execute(insert(staff).values(**asdict(row), created_at=at))


def find_staff(connection: Connection, staff_id: str) -> StaffRow | None:
    """A person by id."""
    row = connection.execute(select(staff).where(staff.c.id == staff_id)).first()
    if row is None:
        return None
    return StaffRow(id=row.id, merchant_id=row.merchant_id, name=row.name, pin_hash=row.pin_hash)


def staff_after(
    connection: Connection, merchant_id: str, store_id: str | None, after: str | None, limit: int
) -> list[StaffRow]:
    """People of a merchant, or those who hold or held a post at one store; the oldest first, from after an id."""
    query = select(staff).where(staff.c.merchant_id == merchant_id)
    if store_id is not None:
        query = query.where(staff.c.id.in_(select(posts.c.staff_id).where(posts.c.store_id == store_id)))
    if after is not None:
        query = query.where(staff.c.id > after)
    return [
        StaffRow(id=row.id, merchant_id=row.merchant_id, name=row.name, pin_hash=row.pin_hash)
        for row in connection.execute(query.order_by(staff.c.id).limit(limit))
    ]


def open_posts(connection: Connection, staff_ids: Sequence[str]) -> list[PostRow]:
    """The posts that those people hold now, the oldest first."""
    if not staff_ids:
        return []
    rows = connection.execute(
        select(posts.c.staff_id, posts.c.store_id, posts.c.role, posts.c.since)
        .where(posts.c.staff_id.in_(staff_ids), posts.c.until.is_(None))
        .order_by(posts.c.since, posts.c.id)
    )
    return [PostRow(row.staff_id, row.store_id, StaffRole(row.role), row.since) for row in rows]


def stood_at(connection: Connection, staff_id: str, store_id: str) -> bool:
    """Whether somebody holds or held a post at the store."""
    found = connection.execute(
        select(posts.c.id).where(posts.c.staff_id == staff_id, posts.c.store_id == store_id).limit(1)
    )
    return found.first() is not None


def set_pin_hash(connection: Connection, staff_id: str, pin_hash: str) -> None:
    """Another PIN."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(pin_hash=pin_hash))


def insert_post(
    connection: Connection, *, post_id: str, staff_id: str, store_id: str, role: StaffRole, since: datetime
) -> None:
    """Insert a post."""
    connection.execute(
        insert(posts).values(id=post_id, staff_id=staff_id, store_id=store_id, role=role, since=since)
    )


def end_posts(connection: Connection, staff_id: str, store_id: str, until: datetime) -> list[str]:
    """End a person's posts at a store; their ids."""
    done = connection.execute(
        update(posts)
        .where(posts.c.staff_id == staff_id, posts.c.store_id == store_id, posts.c.until.is_(None))
        .values(until=until)
        .returning(posts.c.id)
    )
    return list(done.scalars())


def staff_of_store(connection: Connection, store_id: str) -> tuple[StaffMember, ...]:
    """All who may stand at the store's terminals now."""
    rows = connection.execute(
        select(staff.c.id, staff.c.name, staff.c.pin_hash, posts.c.role)
        .join(posts, posts.c.staff_id == staff.c.id)
        .where(posts.c.store_id == store_id, posts.c.until.is_(None))
        .order_by(staff.c.id)
    )
    return tuple(
        StaffMember(id=row.id, name=row.name, role=StaffRole(row.role).value, pin_hash=row.pin_hash)
        for row in rows
    )


def managers_at(connection: Connection, claims: Collection[PostClaim]) -> set[PostClaim]:
    """The claims that are true; one query for all. A staff id that is none is no manager."""
    if not claims:
        return set()
    rows = connection.execute(
        select(posts.c.staff_id, posts.c.store_id, posts.c.told_since, posts.c.told_until).where(
            posts.c.store_id.in_({claim.store_id for claim in claims}),
            posts.c.role == StaffRole.STORE_MANAGER,
            posts.c.told_since <= max(claim.at for claim in claims),
            or_(posts.c.told_until.is_(None), posts.c.told_until > min(claim.at for claim in claims)),
        )
    ).all()
    return {
        claim
        for claim in claims
        if any(
            (row.staff_id, row.store_id) == (claim.staff_id, claim.store_id)
            and row.told_since <= claim.at
            and (row.told_until is None or claim.at < row.told_until)
            for row in rows
        )
    }
