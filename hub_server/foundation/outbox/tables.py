"""The outbox: rows written with the change they tell of."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, String, Table, text

from hub_server.foundation.storage import InstantColumn, JsonColumn, metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("topic", String(64), nullable=False),
    Column("payload", JsonColumn, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("done_at", InstantColumn),
    Column("set_aside_at", InstantColumn),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index(
        "ix_outbox_waiting",
        "topic",
        "id",
        postgresql_where=text("done_at IS NULL AND set_aside_at IS NULL"),
        sqlite_where=text("done_at IS NULL AND set_aside_at IS NULL"),
    ),
)
"""A row that cannot be carried on is set aside after some attempts, with an alert; the rest flows."""
