"""Alerts: raised → acknowledged → resolved, each step with who and when."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from hub_server.foundation.storage import InstantColumn, JsonColumn, enum_column, metadata, uuid_column
from hub_server.monitoring.states import AlertStatus

alerts = Table(
    "alerts",
    metadata,
    uuid_column("id", primary_key=True),
    Column("kind", String(48), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("detail", JsonColumn, nullable=False),
    enum_column("status", AlertStatus),
    Column("count", Integer, nullable=False, server_default="1"),
    Column("raised_at", InstantColumn, nullable=False),
    Column("last_at", InstantColumn, nullable=False),
    Column("acknowledged_at", InstantColumn),
    Column("acknowledged_by", String(64)),
    Column("resolved_at", InstantColumn),
    Column("resolved_by", String(64)),
    Column("note", String(500)),
    Index(
        "uq_alerts_raised",
        "kind",
        "subject",
        unique=True,
        postgresql_where=text("status = 'raised'"),
        sqlite_where=text("status = 'raised'"),
    ),
)
"""Alerts of one kind about one subject are coalesced while raised: `count`, `last_at`."""
