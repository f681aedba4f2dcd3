"""Transactions; the postings of each hang on its id."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    text,
)

from hub_server.cards.tables import CardTypeName
from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.transactions.states import TransactionKind, TransactionStatus

transactions = Table(
    "transactions",
    metadata,
    uuid_column("id", primary_key=True),
    Column("tx_no", String(16), nullable=False, unique=True),
    enum_column("kind", TransactionKind),
    enum_column("status", TransactionStatus),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    uuid_column("merchant_id", ForeignKey("merchants.id")),
    uuid_column("store_id", ForeignKey("stores.id")),
    uuid_column("terminal_id", ForeignKey("terminals.id")),
    uuid_column("entry_id"),
    Column("entry_seq", BigInteger),
    Column("code_ref", String(32)),
    uuid_column("original_id", ForeignKey("transactions.id"), index=True),
    Column("cashier", String(64)),
    Column("shift", String(64)),
    Column("order_ref", String(64)),
    Column("raw_amount", BigInteger, CheckConstraint("raw_amount > 0", name="raw_positive"), nullable=False),
    Column("rate", Integer, CheckConstraint("rate BETWEEN 0 AND 10000", name="rate_bounds"), nullable=False),
    Column("payable", BigInteger, CheckConstraint("payable >= 0", name="payable_positive"), nullable=False),
    Column(
        "given_back",
        BigInteger,
        CheckConstraint("given_back BETWEEN 0 AND payable", name="given_back_bounds"),
        nullable=False,
        server_default="0",
    ),
    Column("currency", String(3), nullable=False),
    Column("points_earned", BigInteger, nullable=False),
    Column("points_balance", BigInteger, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("card_last4", String(4), nullable=False),
    enum_column("card_type", CardTypeName),
    Column("offline", Boolean, nullable=False, server_default=text("false")),
    Column("overdrawn", Boolean, nullable=False, server_default=text("false")),
    Column("at", InstantColumn, nullable=False),
    Column("completed_at", InstantColumn),
    uuid_column("member_id", ForeignKey("members.id")),
    Column("approved_by", String(64)),
    Column("reason", String(64)),
    Index("ix_transactions_card", "card_id", "completed_at"),
    Index("ix_transactions_merchant", "merchant_id", "at"),
    Index("ix_transactions_store", "store_id", "at"),
    Index("ix_transactions_shift", "terminal_id", "shift"),
    Index("ix_transactions_member", "card_id", "member_id", "at"),
    Index(
        "uq_transactions_entry",
        "terminal_id",
        "entry_id",
        unique=True,
        postgresql_where=text("entry_id IS NOT NULL"),
        sqlite_where=text("entry_id IS NOT NULL"),
    ),
    Index(
        "ix_transactions_order",
        "merchant_id",
        "order_ref",
        postgresql_where=text("order_ref IS NOT NULL"),
        sqlite_where=text("order_ref IS NOT NULL"),
    ),
)
"""`entry_seq` is the place in the terminal's journal of the entry that moved it; `at` is the charge's own time,
which gives its business day; `given_back` what refunds and a reversal
returned; `member_id` who presented the code, `approved_by` and `reason` of a refund, reversal or adjustment;
`points_balance` and `tier` as they stood after it."""

__all__ = ["TransactionKind", "TransactionStatus", "transactions"]
