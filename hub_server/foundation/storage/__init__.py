"""The database: engines, transactions, locks, numbers and column types, alike on SQLite and PostgreSQL."""

from hub_server.foundation.storage.columns import InstantColumn, JsonColumn, enum_column, uuid_column
from hub_server.foundation.storage.database import Database, DatabaseBusy, Work
from hub_server.foundation.storage.locks import lock_rows
from hub_server.foundation.storage.metadata import metadata
from hub_server.foundation.storage.numbers import NumberSequence, take_numbers

__all__ = [
    "Database",
    "DatabaseBusy",
    "InstantColumn",
    "JsonColumn",
    "NumberSequence",
    "Work",
    "enum_column",
    "lock_rows",
    "metadata",
    "take_numbers",
    "uuid_column",
]
