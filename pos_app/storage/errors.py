"""What can be wrong with the terminal's storage: faults of the machine, told plainly; none is a bug."""


class StorageError(Exception):
    """The terminal's database cannot be used as asked."""


class DataDirectoryInUse(StorageError):
    """Another program writes to this data directory: two writers would fork the journal."""


class NoDatabase(StorageError):
    """There is no database in this directory: no terminal was enrolled here."""


class NewerDatabase(StorageError):
    """The database was written by a newer program; an older one must not guess what its rows mean."""


class OlderDatabase(StorageError):
    """The database must be migrated first, which only a program that writes does."""


class StorageFailed(StorageError):
    """Nothing was written (disk full, an I/O error): known, since the database was opened again and looked at."""


class StorageFull(StorageFailed):
    """Nothing was written: there is no room on the disk."""


class StorageUnknown(StorageError):
    """Whether it was written cannot be known: the database would not open again after a failed COMMIT."""


class StorageDamaged(StorageError):
    """The file is not a sound database any more."""


class StorageConflict(StorageError):
    """A constraint of the schema refused the write; nothing was written."""
