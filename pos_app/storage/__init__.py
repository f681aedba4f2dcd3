"""The terminal's one database file: one thread, one connection, one program that writes.

A room of its own below the journal and the hub copy, because what the hub said of a charge and what the charge has
become must be committed together.
"""

from pos_app.storage.database import Database, Reading, Transaction, Work, check_pages
from pos_app.storage.errors import (
    DataDirectoryInUse,
    NewerDatabase,
    NoDatabase,
    OlderDatabase,
    StorageConflict,
    StorageDamaged,
    StorageError,
    StorageFailed,
    StorageFull,
    StorageUnknown,
)

__all__ = [
    "DataDirectoryInUse",
    "Database",
    "NewerDatabase",
    "NoDatabase",
    "OlderDatabase",
    "Reading",
    "StorageConflict",
    "StorageDamaged",
    "StorageError",
    "StorageFailed",
    "StorageFull",
    "StorageUnknown",
    "Transaction",
    "Work",
    "check_pages",
]
