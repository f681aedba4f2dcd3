"""Cards; `balance`, `points` and `tier` are caches that the consistency check recomputes."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, SmallInteger, String, Table

from hub_server.cards.states import CardStatus, CardTypeName
from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column

cards = Table(
    "cards",
    metadata,
    uuid_column("id", primary_key=True),
    Column("serial", BigInteger, nullable=False, unique=True),
    Column("card_no", String(16), nullable=False, unique=True),
    enum_column("card_type", CardTypeName),
    enum_column("status", CardStatus),
    Column("fixed_rate", Integer, CheckConstraint("fixed_rate BETWEEN 0 AND 10000", name="rate_bounds")),
    Column("currency", String(3), nullable=False),
    uuid_column("account_id", ForeignKey("accounts.id"), nullable=False, unique=True),
    Column("balance", BigInteger, nullable=False, server_default="0"),
    Column(
        "points",
        BigInteger,
        CheckConstraint("points >= 0", name="points_positive"),
        nullable=False,
        server_default="0",
    ),
    Column("tier", SmallInteger, nullable=False, server_default="0"),
    Column("binding_password_hash", String(80)),
    Column("expires_at", InstantColumn),
    Column("issued_at", InstantColumn, nullable=False),
)
"""`serial` is what `card_ref` hides (protocol.md 1); `balance` in minor units, below zero only by an
overdrawn offline charge; `fixed_rate` in 1/10,000."""

retired_card_numbers = Table(
    "retired_card_numbers",
    metadata,
    Column("card_no", String(16), primary_key=True),
    Column("serial", BigInteger, nullable=False, unique=True),
    uuid_column("card_id", ForeignKey("cards.id"), nullable=False, index=True),
    Column("retired_at", InstantColumn, nullable=False),
)
"""Numbers that a card had before it was replaced: never given again, and offline charges still name their serial.
A replaced card keeps its account, so that a late charge of a lost one finds the money it was made with."""

__all__ = ["CardStatus", "CardTypeName", "cards", "retired_card_numbers"]
