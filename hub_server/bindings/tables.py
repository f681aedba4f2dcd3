"""Bindings of members to cards."""

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint

from hub_server.bindings.states import BindingRole
from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column

bindings = Table(
    "bindings",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    uuid_column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    enum_column("role", BindingRole),
    Column("bound_at", InstantColumn, nullable=False),
    UniqueConstraint("card_id", "member_id"),
)

__all__ = ["BindingRole", "bindings"]
