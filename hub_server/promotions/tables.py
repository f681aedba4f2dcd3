"""Promotions in versions, and the grants that were given."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    text,
)

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.promotions.states import GrantTrigger, PromotionKind

promotions = Table(
    "promotions",
    metadata,
    uuid_column("id", primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False),
    enum_column("kind", PromotionKind),
    Column("factor", Integer, CheckConstraint("factor BETWEEN 10001 AND 1000000", name="factor_bounds")),
    Column("points", BigInteger, CheckConstraint("points > 0", name="points_positive")),
    enum_column("trigger", GrantTrigger, nullable=True),
    uuid_column("merchant_id", ForeignKey("merchants.id")),
    Column("starts_at", InstantColumn, nullable=False),
    Column("ends_at", InstantColumn, nullable=False),
    Column("is_withdrawn", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", InstantColumn, nullable=False),
    Column("created_by", String(64), nullable=False),
    CheckConstraint("starts_at < ends_at", name="period"),
    CheckConstraint(
        "(kind = 'factor') = (factor IS NOT NULL) AND (kind = 'grant') = (points IS NOT NULL) "
        "AND (kind = 'grant') = (trigger IS NOT NULL)",
        name="kind_fields",
    ),
)
"""The newest version of each is in force. `factor` on points in 1/10,000; `merchant_id` null for all merchants."""

promotion_grants = Table(
    "promotion_grants",
    metadata,
    uuid_column("promotion_id", primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), primary_key=True),
    Column("points", BigInteger, nullable=False),
    Column("granted_at", InstantColumn, nullable=False),
)
"""Once per card and promotion, which has one trigger."""
