"""Adjustments of cards' balances, with both admins."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Table

from hub_server.adjusting.states import AdjustmentState
from hub_server.foundation.storage import InstantColumn, JsonColumn, enum_column, metadata, uuid_column

adjustments = Table(
    "adjustments",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False, index=True),
    Column("amount", BigInteger, CheckConstraint("amount <> 0", name="moves"), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String(200), nullable=False),
    enum_column("state", AdjustmentState),
    uuid_column("proposed_by", ForeignKey("logins.id"), nullable=False),
    Column("proposed_at", InstantColumn, nullable=False),
    Column("proposer_hands", JsonColumn, nullable=False),
    uuid_column("decided_by", ForeignKey("logins.id")),
    Column("decided_at", InstantColumn),
    Column("note", String(200)),
    uuid_column("transaction_id", ForeignKey("transactions.id"), unique=True),
    Column("request_hash", LargeBinary, unique=True),
    CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="four_eyes"),
    CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("(state = 'approved') = (transaction_id IS NOT NULL)", name="moved"),
    Index("ix_adjustments_state", "state", "proposed_at"),
)
"""`amount` in minor units: above zero to the card, out of promotion expense (goodwill); below zero back to it.
`proposer_hands`: the logins whose holders could have proposed it, as things stood then; none of them decides.
`request_hash`: SHA-256 of who proposed it and of the key they gave it, so that a repeated click is one."""
