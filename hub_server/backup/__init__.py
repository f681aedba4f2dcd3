"""Owns copies of the hub's database: made while it serves, proven before they are put back (protocol.md 5)."""

from hub_server.backup.errors import (
    CannotCopy,
    DamagedCopy,
    DatabaseInUse,
    ForeignCopy,
    NewerCopy,
    NotEmpty,
)
from hub_server.backup.make_backup import Made, make_backup
from hub_server.backup.manifest import Manifest
from hub_server.backup.progress import Progress, Step
from hub_server.backup.restore_backup import Restored, Schema, restore_backup

__all__ = [
    "CannotCopy",
    "DamagedCopy",
    "DatabaseInUse",
    "ForeignCopy",
    "Made",
    "Manifest",
    "NewerCopy",
    "NotEmpty",
    "Progress",
    "Restored",
    "Schema",
    "Step",
    "make_backup",
    "restore_backup",
]
