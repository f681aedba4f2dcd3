"""Staff and their posts: who stood where as what, and from when to when."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.staff.states import StaffRole

staff = Table(
    "staff",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("merchant_id", ForeignKey("merchants.id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("pin_hash", String(80), nullable=False),
    Column("created_at", InstantColumn, nullable=False),
)

posts = Table(
    "staff_posts",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    uuid_column("store_id", ForeignKey("stores.id"), nullable=False),
    enum_column("role", StaffRole),
    Column("since", InstantColumn, nullable=False),
    Column("until", InstantColumn),
    Column("told_since", InstantColumn),
    Column("told_until", InstantColumn),
    Index("ix_staff_posts_store", "store_id", "since"),
)
"""A void needs someone who was a manager of the store at the entry's contact: posts are never overwritten, and
count for a contact from `told_since` to `told_until`, when the change feed published their begin and end."""
