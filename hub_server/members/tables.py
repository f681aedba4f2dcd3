"""Members, keyed on their phone in E.164."""

from sqlalchemy import Column, String, Table

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.members.states import MemberStatus

members = Table(
    "members",
    metadata,
    uuid_column("id", primary_key=True),
    Column("phone", String(20), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("email", String(254)),
    enum_column("status", MemberStatus),
    Column("registered_at", InstantColumn, nullable=False),
)

__all__ = ["MemberStatus", "members"]
