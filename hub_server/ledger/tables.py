"""Accounts and postings. A posting is never changed: triggers refuse UPDATE and DELETE (migrations)."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
)
from sqlalchemy import UniqueConstraint as Unique

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.ledger.states import AccountKind

accounts = Table(
    "accounts",
    metadata,
    uuid_column("id", primary_key=True),
    enum_column("kind", AccountKind),
    Column("owner", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("opened_at", InstantColumn, nullable=False),
    Unique("kind", "owner"),
)
"""`owner` is the card's or merchant's id, a gateway's name, or "hub"; an overdraft account is a card's."""

postings = Table(
    "postings",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    uuid_column("transaction_id", nullable=False, index=True),
    uuid_column("debit_account", ForeignKey("accounts.id"), nullable=False),
    uuid_column("credit_account", ForeignKey("accounts.id"), nullable=False),
    Column("amount", BigInteger, CheckConstraint("amount > 0", name="positive"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("posted_at", InstantColumn, nullable=False),
    CheckConstraint("debit_account <> credit_account", name="two_accounts"),
    Index("ix_postings_debit_account", "debit_account"),
    Index("ix_postings_credit_account", "credit_account"),
)
