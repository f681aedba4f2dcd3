"""Why a copy is not made or not put back. The message is a detail; what a person reads is the command line's."""


class CannotCopy(Exception):
    """Nothing was changed; the message says what stands in the way."""


class DamagedCopy(CannotCopy):
    """The file is not whole, or not what was written."""


class ForeignCopy(CannotCopy):
    """No copy at all, or not one that a key of this hub signed, or one of another kind of database."""


class NewerCopy(CannotCopy):
    """A newer program made it."""


class NotEmpty(CannotCopy):
    """The database has data already, and nobody asked to replace them."""


class DatabaseInUse(CannotCopy):
    """Somebody is connected to the database that is to be replaced."""
