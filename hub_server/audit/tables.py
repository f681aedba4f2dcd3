"""Audit events, written in the transaction of what they tell of."""

from sqlalchemy import BigInteger, Column, Identity, Index, Integer, String, Table

from hub_server.foundation.storage import InstantColumn, JsonColumn, metadata

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("name", String(48), nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", String(64), nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("data", JsonColumn, nullable=False),
    Index("ix_audit_events_subject", "subject_kind", "subject_id"),
)
"""`name` is QR_ROTATE, PAYMENT, …; `data` holds no secret."""
