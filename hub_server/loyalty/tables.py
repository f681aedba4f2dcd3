"""The tier table in versions, and the point ledger."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from hub_server.foundation.storage import InstantColumn, JsonColumn, metadata, uuid_column

tier_tables = Table(
    "tier_tables",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("tiers", JsonColumn, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("created_by", String(64)),
)
"""`tiers`: list of {tier, from_points, rate}, ascending, the first from 0. Migrations insert version 1."""

point_ledger = Table(
    "point_ledger",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    Column("change", BigInteger, CheckConstraint("change <> 0", name="moves"), nullable=False),
    Column("before", BigInteger, nullable=False),
    Column("after", BigInteger, CheckConstraint("after >= 0", name="after_positive"), nullable=False),
    Column("reason", String(64), nullable=False),
    uuid_column("transaction_id", ForeignKey("transactions.id")),
    Column("at", InstantColumn, nullable=False),
    Column("request_hash", LargeBinary),
    CheckConstraint("after = before + change", name="adds_up"),
    Index("ix_point_ledger_card", "card_id", "id"),
    Index(
        "uq_point_ledger_request",
        "request_hash",
        unique=True,
        postgresql_where=text("request_hash IS NOT NULL"),
        sqlite_where=text("request_hash IS NOT NULL"),
    ),
)
"""`request_hash`: SHA-256 of who asked for an adjustment and of the key they gave it, so that a repeated click is one."""
