"""Merchants, their suspensions, stores, and each merchant's policy in versions."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    String,
    Table,
)

from hub_server.foundation.storage import InstantColumn, JsonColumn, enum_column, metadata, uuid_column
from hub_server.merchants.states import MerchantStatus

merchants = Table(
    "merchants",
    metadata,
    uuid_column("id", primary_key=True),
    Column("code", String(8), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    enum_column("status", MerchantStatus),
    uuid_column("account_id", ForeignKey("accounts.id"), nullable=False, unique=True),
    Column("approved_at", InstantColumn, nullable=False),
)

merchant_status_changes = Table(
    "merchant_status_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    uuid_column("merchant_id", ForeignKey("merchants.id"), nullable=False, index=True),
    Column("at", InstantColumn, nullable=False),
    enum_column("status", MerchantStatus),
    Column("reason", String(64), nullable=False),
    Column("told_at", InstantColumn),
)
"""`told_at`: when the change feed published it, from which on a contact knows of it."""

stores = Table(
    "stores",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("merchant_id", ForeignKey("merchants.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("address", String(200), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column(
        "day_starts_at",
        SmallInteger,
        CheckConstraint("day_starts_at BETWEEN 0 AND 23", name="hour"),
        nullable=False,
    ),
)

policies = Table(
    "policies",
    metadata,
    uuid_column("merchant_id", ForeignKey("merchants.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("policy", JsonColumn, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("told_at", InstantColumn),
    Column("created_by", String(64)),
)
"""`policy` is shared.api.policy.Policy; in force for a contact at or after `told_at` (set when the change
feed published it; at once for a merchant's first version)."""
