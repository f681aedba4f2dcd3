"""The switch that suspends payments, with who turned it when and why."""

from sqlalchemy import BigInteger, Column, Identity, Integer, String, Table

from hub_server.charging.states import ServiceState
from hub_server.foundation.storage import InstantColumn, enum_column, metadata

service_states = Table(
    "service_states",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    enum_column("state", ServiceState),
    Column("reason", String(200), nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("actor", String(64), nullable=False),
)
"""The newest row is in force; with none, the service runs."""
