"""Bindings of members to cards, and the ways to one: requests, invitations, passwords."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from hub_server.bindings.states import BindingRole, RequestState
from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column

bindings = Table(
    "bindings",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    uuid_column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    enum_column("role", BindingRole),
    Column("bound_at", InstantColumn, nullable=False),
    Column("cap_per_charge", BigInteger, CheckConstraint("cap_per_charge > 0", name="cap_per_charge")),
    Column("cap_per_day", BigInteger, CheckConstraint("cap_per_day > 0", name="cap_per_day")),
    UniqueConstraint("card_id", "member_id"),
)
"""The caps are minor units of what is paid, set by an owner for a member of a shared card; null for none."""

kept_caps = Table(
    "kept_caps",
    metadata,
    uuid_column("card_id", ForeignKey("cards.id"), primary_key=True),
    uuid_column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("cap_per_charge", BigInteger),
    Column("cap_per_day", BigInteger),
)
"""The caps of bindings that have ended: nobody sheds them by leaving a card and coming back to it."""

binding_requests = Table(
    "binding_requests",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    uuid_column("member_id", ForeignKey("members.id"), nullable=False, index=True),
    enum_column("role", BindingRole),
    enum_column("state", RequestState),
    Column("asked_at", InstantColumn, nullable=False),
    Column("decided_at", InstantColumn),
    uuid_column("decided_by", ForeignKey("members.id")),
    Index(
        "uq_binding_requests_waiting",
        "card_id",
        "member_id",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
        sqlite_where=text("state = 'waiting'"),
    ),
)
"""A wished role that waits for an owner; meanwhile the member is a viewer."""

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False, index=True),
    enum_column("role", BindingRole),
    uuid_column("invited_by", ForeignKey("members.id"), nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("used_at", InstantColumn),
    uuid_column("used_by", ForeignKey("members.id")),
)
"""One use, 24 hours; SHA-256 of a 256-bit token."""

binding_tries = Table(
    "binding_tries",
    metadata,
    uuid_column("card_id", ForeignKey("cards.id"), primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("locked_until", InstantColumn),
)
"""Wrong passwords since the last right one or the last lock, for the card, whoever tried."""

__all__ = [
    "BindingRole",
    "RequestState",
    "binding_requests",
    "binding_tries",
    "bindings",
    "invitations",
    "kept_caps",
]
