"""One-time passwords, sessions, logins and merchant API keys. Secrets are kept as hashes, or sealed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from hub_server.access.states import LoginKind, LoginRole, LoginStatus, OtpFate, SessionKind
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
    uuid_column("family"),
    Index("ix_sessions_family", "family"),
)
"""`subject` is a member's or login's id; of a registration the proven phone. SHA-256 of a 256-bit token.
`family`: the sign-in that this session and its refresh tokens come from; null for those without refresh."""

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    uuid_column("family", nullable=False, index=True),
    enum_column("kind", SessionKind),
    Column("subject", String(64), nullable=False, index=True),
    Column("created_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("used_at", InstantColumn),
    Column("revoked_at", InstantColumn),
)
"""Each is used once; a used one that comes again was stolen, and ends its whole family (RFC 9700, 4.14)."""

logins = Table(
    "logins",
    metadata,
    uuid_column("id", primary_key=True),
    enum_column("kind", LoginKind),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    enum_column("role", LoginRole),
    uuid_column("merchant_id", ForeignKey("merchants.id"), index=True),
    uuid_column("store_id", ForeignKey("stores.id")),
    Column("password_hash", String(80), nullable=False),
    Column("totp_sealed", LargeBinary),
    Column("totp_last_step", BigInteger),
    enum_column("status", LoginStatus),
    Column("wrong_tries", Integer, nullable=False, server_default="0"),
    Column("locked_until", InstantColumn),
    Column("created_at", InstantColumn, nullable=False),
    uuid_column("created_by", ForeignKey("logins.id")),
    uuid_column("reset_by", ForeignKey("logins.id")),
    CheckConstraint("(kind = 'merchant') = (merchant_id IS NOT NULL)", name="merchants_only"),
)
"""Who signs in with a password: hub admins, and the people of a merchant. `email` in lower case;
`totp_sealed` is the shared secret under a server key, `totp_last_step` the last step that was used (no replay);
a manager of a merchant is held to `store_id`. `created_by`, `reset_by`: admins who saw a password of this login;
null for one of the system's making, and once its holder has set another."""

rate_windows = Table(
    "rate_windows",
    metadata,
    Column("kind", String(32), primary_key=True),
    Column("subject", String(64), primary_key=True),
    Column("began_at", InstantColumn, nullable=False),
    Column("count", Integer, nullable=False),
)
"""How often somebody tried something since `began_at`; what is counted survives a restart and is one for all nodes."""

merchant_api_keys = Table(
    "merchant_api_keys",
    metadata,
    uuid_column("id", primary_key=True),
    uuid_column("merchant_id", ForeignKey("merchants.id"), nullable=False, index=True),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("scopes", JsonColumn, nullable=False),
    Column("created_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
    Column("name", String(64)),
    Column("hint", String(16)),
    Column("expires_at", InstantColumn),
)
"""`hint`: the key's last characters, to know it by; `expires_at`: a rotated key lives on for a while."""

__all__ = [
    "LoginKind",
    "LoginRole",
    "LoginStatus",
    "OtpFate",
    "SessionKind",
    "logins",
    "merchant_api_keys",
    "otp_challenges",
    "rate_windows",
    "refresh_tokens",
    "sessions",
]
