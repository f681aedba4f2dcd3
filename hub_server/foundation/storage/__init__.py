"""The database: engines, transactions, locks, numbers and column types, alike on SQLite and PostgreSQL."""

from sqlalchemy import Connection

from hub_server.foundation.storage.columns import InstantColumn, JsonColumn, enum_column, uuid_column
from hub_server.foundation.storage.database import (
    Database,
    DatabaseBusy,
    DatabaseUnreachable,
    Work,
    tell_after_commit,
)
from hub_server.foundation.storage.incarnation import (
    begin_incarnation,
    current_incarnation,
    has_incarnation,
    lost_times,
    newest_reach,
)
from hub_server.foundation.storage.inserts import insert_if_new, insert_new_rows
from hub_server.foundation.storage.locks import lock_rows, share_lock, try_lock
from hub_server.foundation.storage.metadata import metadata
from hub_server.foundation.storage.numbers import NumberSequence, jump_numbers, take_numbers

__all__ = [
    "Connection",
    "Database",
    "DatabaseBusy",
    "DatabaseUnreachable",
    "InstantColumn",
    "JsonColumn",
    "NumberSequence",
    "Work",
    "begin_incarnation",
    "current_incarnation",
    "enum_column",
    "has_incarnation",
    "insert_if_new",
    "insert_new_rows",
    "jump_numbers",
    "lock_rows",
    "lost_times",
    "metadata",
    "newest_reach",
    "share_lock",
    "take_numbers",
    "tell_after_commit",
    "try_lock",
    "uuid_column",
]
