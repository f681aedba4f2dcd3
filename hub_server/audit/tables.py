"""Audit events, written in the transaction of what they tell of, and the hash chain over them, written afterwards."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, Integer, String, Table, Text

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
    Index("ix_audit_events_name", "name", "at"),
)
"""`name` is QR_ROTATE, PAYMENT, …; `data` holds no secret."""

audit_links = Table(
    "audit_links",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "event_id",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("audit_events.id"),
        nullable=False,
        unique=True,
    ),
    Column("hash", String(43), nullable=False),
)
"""The chain: `hash` is over the link before it and the event as it was written. Positions 0, 1, 2 … are given by
one job after the commit, since on PostgreSQL an event with a lower id may be committed later."""

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("position", BigInteger, ForeignKey("audit_links.position"), primary_key=True, autoincrement=False),
    Column("through_id", BigInteger, nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("jws", Text, nullable=False),
)
"""The chain's end, signed by the hub now and then; kept elsewhere too (faults, the insider). Every event up to
`through_id` is in the chain or will never be."""
