"""Payment codes and their history: the seed's card_qr_state and card_qr_history. No secret is stored."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    text,
)

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.payment_codes.states import CodeState

kiosks = Table(
    "kiosks",
    metadata,
    uuid_column("id", primary_key=True),
    Column("name", String(64), nullable=False),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
    Index(
        "uq_kiosks_card",
        "card_id",
        unique=True,
        postgresql_where=text("revoked_at IS NULL"),
        sqlite_where=text("revoked_at IS NULL"),
    ),
)
"""Registered shared screens, each showing one prepaid or corporate card's code; SHA-256 of a 256-bit key. A card has
one at a time: it has one live code, which two screens would take from each other."""

payment_codes = Table(
    "payment_codes",
    metadata,
    Column("code_ref", String(32), primary_key=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False),
    uuid_column("member_id", ForeignKey("members.id")),
    Column("secret_hash", String(80), nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    enum_column("state", CodeState),
    Column("issued_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("offline_limit", BigInteger, nullable=False),
    Column("revoked_at", InstantColumn),
    Column("told_at", InstantColumn),
    Column("allowance_released", Boolean, nullable=False, server_default=text("false")),
    Column("live_uses", Integer, nullable=False, server_default="0"),
    Column("advised_uses", Integer, nullable=False, server_default="0"),
    uuid_column("kiosk_id", ForeignKey("kiosks.id")),
    Index("ix_payment_codes_card", "card_id", "expires_at"),
    Index(
        "uq_payment_codes_live",
        "card_id",
        unique=True,
        postgresql_where=text("state = 'live'"),
        sqlite_where=text("state = 'live'"),
    ),
    Index(
        "ix_payment_codes_overdue",
        "expires_at",
        postgresql_where=text("state = 'live'"),
        sqlite_where=text("state = 'live'"),
    ),
    Index(
        "ix_payment_codes_waiting",
        "expires_at",
        "code_ref",
        postgresql_where=text("offline_limit > 0 AND allowance_released IS false"),
        sqlite_where=text("offline_limit > 0 AND allowance_released IS 0"),
    ),
)
"""`told_at`: when the change feed published a revocation, which counts for contacts from then on;
`kiosk_id`: the shared screen it was made for, by a batch; `live_uses`, `advised_uses`: standing uses (two, one of them by advice: the card is frozen)."""

payment_code_history = Table(
    "payment_code_history",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("code_ref", String(32), ForeignKey("payment_codes.code_ref"), nullable=False, index=True),
    Column("secret_hash", String(80), nullable=False),
    enum_column("state", CodeState),
    Column("at", InstantColumn, nullable=False),
    Column("actor", String(64), nullable=False),
)

__all__ = ["CodeState", "kiosks", "payment_code_history", "payment_codes"]
