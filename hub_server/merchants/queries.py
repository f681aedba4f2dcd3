"""Reading and writing merchants, stores and policies."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, false, func, insert, or_, select, update

from hub_server.merchants.states import MerchantStatus
from hub_server.merchants.tables import merchant_status_changes, merchants, policies, stores
from shared.api.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantRow:
    """A merchant; `account_id` is its payable account in the ledger."""

    id: str
    code: str
    name: str
    status: MerchantStatus
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRow:
    """A store; `time_zone` an IANA name, `day_starts_at` an hour."""

    id: str
    merchant_id: str
    name: str
    address: str
    time_zone: str
    day_starts_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """A version of a merchant's policy; in force for contacts at or after `told_at`."""

    merchant_id: str
    policy: Policy
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A version with who set it and when; `told_at` is when terminals began to be told."""

    policy: Policy
    created_at: datetime
    created_by: str | None
    told_at: datetime | None


def insert_merchant(connection: Connection, row: MerchantRow, at: datetime) -> None:
    """Insert a merchant."""
    connection.execute(insert(merchants).values(**asdict(row), approved_at=at))


def insert_store(connection: Connection, row: StoreRow) -> None:
    """Insert a store."""
    connection.execute(insert(stores).values(**asdict(row)))


def rename_merchant(connection: Connection, merchant_id: str, name: str) -> None:
    """Give it another name."""
    connection.execute(update(merchants).where(merchants.c.id == merchant_id).values(name=name))


def merchants_after(
    connection: Connection, status: MerchantStatus | None, after: str, limit: int
) -> list[MerchantRow]:
    """Merchants of a status, or all, in the order of their codes, from after the code `after`."""
    query = select(merchants).where(merchants.c.code > after)
    if status is not None:
        query = query.where(merchants.c.status == status.value)
    return [_merchant(row) for row in connection.execute(query.order_by(merchants.c.code).limit(limit))]


def find_merchant(connection: Connection, merchant_id: str) -> MerchantRow | None:
    """A merchant by id."""
    row = connection.execute(select(merchants).where(merchants.c.id == merchant_id)).first()
    return None if row is None else _merchant(row)


def find_store(connection: Connection, store_id: str) -> StoreRow | None:
    """A store by id."""
    row = connection.execute(select(stores).where(stores.c.id == store_id)).mappings().first()
    return None if row is None else StoreRow(**row)


def stores_of(
    connection: Connection, merchant_id: str, after: str | None = None, limit: int | None = None
) -> list[StoreRow]:
    """A merchant's stores, the oldest first, from after the id `after`."""
    query = select(stores).where(stores.c.merchant_id == merchant_id).order_by(stores.c.id)
    if after is not None:
        query = query.where(stores.c.id > after)
    return [StoreRow(**row) for row in connection.execute(query.limit(limit)).mappings()]


def advance_merchant(
    connection: Connection, merchant_id: str, seen: MerchantStatus, to: MerchantStatus
) -> bool:
    """Compare and set; whether the merchant was as seen."""
    done = connection.execute(
        update(merchants).where(merchants.c.id == merchant_id, merchants.c.status == seen).values(status=to)
    )
    return done.rowcount == 1


def insert_status_change(
    connection: Connection, merchant_id: str, status: MerchantStatus, at: datetime, reason: str
) -> int:
    """Remember a change of status; its number, by which it is marked as told."""
    row = {"merchant_id": merchant_id, "at": at, "status": status, "reason": reason}
    number: int = connection.execute(
        insert(merchant_status_changes).values(**row).returning(merchant_status_changes.c.id)
    ).scalar_one()
    return number


def insert_policy(
    connection: Connection,
    merchant_id: str,
    policy: Policy,
    at: datetime,
    told_at: datetime | None,
    created_by: str,
) -> None:
    """Insert a version."""
    connection.execute(
        insert(policies).values(
            merchant_id=merchant_id,
            version=policy.version,
            policy=policy.model_dump(mode="json"),
            created_at=at,
            told_at=told_at,
            created_by=created_by,
        )
    )


def policy_versions(
    connection: Connection, merchant_id: str, before: int | None, limit: int
) -> list[PolicyVersion]:
    """Versions of a merchant's policy, the newest first, from before the version `before`."""
    query = select(policies).where(policies.c.merchant_id == merchant_id)
    if before is not None:
        query = query.where(policies.c.version < before)
    rows = connection.execute(query.order_by(policies.c.version.desc()).limit(limit))
    return [
        PolicyVersion(
            policy=Policy.model_validate(row.policy),
            created_at=row.created_at,
            created_by=row.created_by,
            told_at=row.told_at,
        )
        for row in rows
    ]


def last_policy_version(connection: Connection, merchant_id: str) -> int:
    """The newest version, told or not; 0 when there is none."""
    query = select(func.max(policies.c.version)).where(policies.c.merchant_id == merchant_id)
    return connection.execute(query).scalar_one() or 0


def policies_at(connection: Connection, merchant_id: str, contacts: Collection[datetime]) -> list[PolicyRow]:
    """The first version, those in force at any of these contacts, and the newest, told or not; ascending."""
    own = policies.c.merchant_id == merchant_id
    wanted = [select(end(policies.c.version)).where(own) for end in (func.min, func.max)]
    if contacts:
        wanted.append(select(func.max(policies.c.version)).where(own, policies.c.told_at <= min(contacts)))
    told_between = (
        and_(policies.c.told_at > min(contacts), policies.c.told_at <= max(contacts)) if contacts else false()
    )
    query = (
        select(policies.c.merchant_id, policies.c.policy, policies.c.told_at)
        .where(
            own, or_(*(policies.c.version == version.scalar_subquery() for version in wanted), told_between)
        )
        .order_by(policies.c.version)
    )
    return [_policy(row) for row in connection.execute(query)]


def policy_in_force(connection: Connection, merchant_id: str) -> Policy:
    """The newest version that terminals have been told of.

    Raises:
        LookupError: no such merchant.
    """
    row = connection.execute(
        select(policies.c.merchant_id, policies.c.policy, policies.c.told_at)
        .where(policies.c.merchant_id == merchant_id, policies.c.told_at.is_not(None))
        .order_by(policies.c.version.desc())
        .limit(1)
    ).first()
    if row is None:
        raise LookupError(f"merchant {merchant_id} has no policy")
    return _policy(row).policy


def _merchant(row: Any) -> MerchantRow:
    return MerchantRow(
        id=row.id,
        code=row.code,
        name=row.name,
        status=MerchantStatus(row.status),
        account_id=row.account_id,
    )


def _policy(row: Any) -> PolicyRow:
    return PolicyRow(
        merchant_id=row.merchant_id, policy=Policy.model_validate(row.policy), told_at=row.told_at
    )
