"""One-time passwords, sessions, admins and merchant API keys. Secrets are kept as hashes only."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from hub_server.access.states import OtpFate, SessionKind
from hub_server.foundation.storage import InstantColumn, JsonColumn, enum_column, metadata, uuid_column

otp_challenges = Table(
    "otp_challenges",
    metadata,
    uuid_column("id", primary_key=True),
    Column("phone", String(20), nullable=False),
    Column("prefix", String(8), nullable=False),
    enum_column("fate", OtpFate),
    Column("address", String(45), nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("used_at", InstantColumn),
    Index("ix_otp_challenges_phone", "phone", "created_at"),
    Index("ix_otp_challenges_address", "address", "created_at"),
    Index("ix_otp_challenges_prefix", "prefix", "created_at"),
    Index("ix_otp_challenges_created", "created_at", "fate"),
)
"""`prefix` is the phone's country and first digits; `address` an IPv4 address or an IPv6 /64;
`code_hash` is HMAC-SHA-256 of challenge id and code under a server key: six digits need a pepper;
`tries` is raised before the digits are compared."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    enum_column("kind", SessionKind),
    Column("subject", String(64), nullable=False, index=True),
    Column("created_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
)
"""`subject` is a member's or admin's id; of a registration the proven phone. SHA-256 of a 256-bit token."""

admins = Table(
    "admins",
    metadata,
    uuid_column("id", primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("password_hash", String(80), nullable=False),
    Column("created_at", InstantColumn, nullable=False),
)

merchant_api_keys = Table(
    "merchant_api_keys",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("merchant_id", ForeignKey("merchants.id"), nullable=False, index=True),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", JsonColumn, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
)

__all__ = ["OtpFate", "SessionKind", "admins", "merchant_api_keys", "otp_challenges", "sessions"]
