"""The seed's idempotency_registry."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, LargeBinary, String, Table

from hub_server.foundation.storage import InstantColumn, enum_column, metadata, uuid_column
from hub_server.idempotency.states import RequestKind

idempotency_registry = Table(
    "idempotency_registry",
    metadata,
    uuid_column("merchant_id", ForeignKey("merchants.id"), primary_key=True),
    Column("key", String(128), primary_key=True),
    enum_column("kind", RequestKind),
    Column("content_hash", LargeBinary, nullable=False),
    uuid_column("transaction_id", ForeignKey("transactions.id"), index=True),
    Column("code", String(48)),
    Column("detail", String(200)),
    Column("decided_at", InstantColumn, nullable=False),
    CheckConstraint("(transaction_id IS NULL) <> (code IS NULL)", name="one_outcome"),
)
"""Written with the decision, in its transaction: what moved, or the refusal. `content_hash` binds the key to what
was asked with it: SHA-256 of the request's canonical JSON."""
