"""Every verified entry of every terminal, with what became of it."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub_server.foundation.storage import InstantColumn, JsonColumn, enum_column, metadata, uuid_column
from hub_server.journal_intake.states import Verdict
from shared.journal_entries import Status

WAITS_FOR_ITS_CHARGE = "status = 'pending' AND charge_id IS NOT NULL"
"""An advice or reversal without its charge. Literal, so that a query by it is answered from its small index."""

journal_entries = Table(
    "journal_entries",
    metadata,
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    uuid_column("entry_id", nullable=False),
    Column("hash", String(43), nullable=False),
    Column("prev", String(43), nullable=False),
    Column("jws", Text, nullable=False),
    Column("type", String(32), nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("contact", InstantColumn, nullable=False),
    Column("received_at", InstantColumn, nullable=False),
    uuid_column("charge_id"),
    Column("code_ref", String(32)),
    Column("advised_payable", BigInteger),
    enum_column("status", Status),
    Column("code", String(48)),
    Column("detail", String(200)),
    Column("decision", Text),
    Column("decided_at", InstantColumn),
    uuid_column("transaction_id", ForeignKey("transactions.id")),
    Column("reversal_tx_no", String(16)),
    Column("brought_decision", Text),
    UniqueConstraint("terminal_id", "entry_id"),
    Index("ix_journal_entries_charge", "terminal_id", "charge_id"),
    Index("ix_journal_entries_code", "terminal_id", "code_ref"),
    Index("ix_journal_entries_contact", "terminal_id", "contact", "type"),
    Index(
        "ix_journal_entries_waiting",
        "terminal_id",
        "seq",
        postgresql_where=text(WAITS_FOR_ITS_CHARGE),
        sqlite_where=text(WAITS_FOR_ITS_CHARGE),
    ),
    Index(
        "ix_journal_entries_refunds",
        "charge_id",
        postgresql_where=text("status = 'pending' AND type = 'refund'"),
        sqlite_where=text("status = 'pending' AND type = 'refund'"),
    ),
    Index(
        "ix_journal_entries_open",
        "status",
        "received_at",
        postgresql_where=text("decision IS NULL"),
        sqlite_where=text("decision IS NULL"),
    ),
)
"""`charge_id` is the entry id of the charge an entry is about (a charge's own id for itself);
`decision` is written once; `brought_decision` is the one with which an entry came to a hub that had lost it, while it
waits for what it is about."""

journal_forks = Table(
    "journal_forks",
    metadata,
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("hash", String(43), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    uuid_column("entry_id", nullable=False),
    Column("jws", Text, nullable=False),
    Column("received_at", InstantColumn, nullable=False),
    Column("decision", Text, nullable=False),
)
"""Entries that contradict the journal that was there first: kept as evidence, refused alike for ever."""

entry_rulings = Table(
    "entry_rulings",
    metadata,
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    uuid_column("subject", primary_key=True),
    enum_column("verdict", Verdict),
    Column("reason", String(64), nullable=False),
    Column("proposed_by", String(64), nullable=False),
    Column("proposed_at", InstantColumn, nullable=False),
    Column("proposer_hands", JsonColumn, nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", InstantColumn),
)
"""What a person said of an entry that waited for one. `subject`: the entry's id; of an advice, its charge's, since they
end together. To honour takes two people (`proposer_hands`: none of those logins is the second's), to refuse one."""

journal_failures = Table(
    "journal_failures",
    metadata,
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("hash", String(43), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", InstantColumn, nullable=False),
)
"""How often the judging of an entry failed, for a fault of the hub's; soon it is held for a person."""
