"""The ledger that is there already, for commands that only look: nothing is made or migrated."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub_server.bootstrap import MigrationNeeded, open_context
from hub_server.command_line.words import Words
from hub_server.foundation.context import Context
from hub_server.migrations import has_schema, is_current
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys, load_or_make_keys


class NoLedger(Exception):
    """There is no hub's database where the settings say; the message names the place."""


@contextmanager
def existing_ledger(settings: Settings, words: Words) -> Iterator[tuple[Context, HubSigningKeys]]:
    """The context and keys of a database that a hub made.

    Raises:
        NoLedger: there is none.
        MigrationNeeded: it has another schema.
        KeyFileError: its keys cannot be had.
    """
    scheme, _, path = settings.database_address.partition(":///")
    # SQLite would make the folder and the file by looking at them.
    if scheme.startswith("sqlite") and not _holds_something(Path(path.partition("?")[0])):
        raise NoLedger(words.no_ledger.format(path=path))
    context = open_context(settings)
    try:
        place = context.database.url.render_as_string(hide_password=True)
        if not is_current(context.database):
            if not has_schema(context.database):
                raise NoLedger(words.no_ledger.format(path=place))
            raise MigrationNeeded(words.old_schema.format(path=place))
        keys = load_or_make_keys(
            settings.signing_keys, settings.key_path, may_make=False, random_bytes=context.random_bytes
        )
        yield context, keys
    finally:
        context.database.close()


def _holds_something(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
