"""Terminals, enrolment codes, used assertions, and the spells of contact that the offline rules rest on."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.terminals.states import TerminalStatus

terminals = Table(
    "terminals",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("merchant_id", ForeignKey("merchants.id"), nullable=False),
    uuid_column("store_id", ForeignKey("stores.id"), nullable=False, index=True),
    Column("terminal_no", String(8), nullable=False),
    Column("name", String(64), nullable=False),
    enum_column("status", TerminalStatus),
    Column("public_key", LargeBinary),
    Column("certificate", Text),
    Column("app_version", String(64)),
    Column("created_at", InstantColumn, nullable=False),
    Column("enrolled_at", InstantColumn),
    Column("verified_through", BigInteger, nullable=False, server_default="-1"),
    Column("verified_hash", String(43)),
    Column("verified_contact", InstantColumn),
    Column("head_seq", BigInteger),
    Column("head_at", InstantColumn),
    UniqueConstraint("store_id", "terminal_no"),
)
"""`verified_through` is the end of the unbroken, verified chain; `verified_hash` is that entry's hash;
`head_seq` the last entry that the terminal said it has when it opened the feed at `head_at`."""

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    uuid_column("terminal_id", ForeignKey("terminals.id"), nullable=False, index=True),
    Column("expires_at", InstantColumn, nullable=False),
    Column("used_at", InstantColumn),
)

enrolment_tries = Table(
    "enrolment_tries",
    metadata,
    Column("address", String(45), primary_key=True),
    Column("window_start", InstantColumn, nullable=False),
    Column("wrong", Integer, nullable=False),
)

used_assertions = Table(
    "used_assertions",
    metadata,
    Column("jti", String(128), primary_key=True),
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("expires_at", InstantColumn, nullable=False, index=True),
)

contact_spells = Table(
    "contact_spells",
    metadata,
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("began_at", InstantColumn, primary_key=True),
    Column("ended_at", InstantColumn, nullable=False),
    Index("ix_contact_spells_end", "terminal_id", "ended_at"),
)
"""While the hub told the terminal its time: recorded before it is told (protocol.md 5, rule 4)."""

status_changes = Table(
    "terminal_status_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    uuid_column("terminal_id", ForeignKey("terminals.id"), nullable=False, index=True),
    Column("at", InstantColumn, nullable=False),
    enum_column("status", TerminalStatus),
    Column("reason", String(64), nullable=False),
    Column("told_at", InstantColumn),
)
"""`told_at`: when the change feed published it, from which on a contact knows of it (enrolment: at once)."""
