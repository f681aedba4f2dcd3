"""The schema in versions (Alembic), and how a database comes to the present one."""

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from hub_server.foundation.storage import Database

_FOLDER = Path(__file__).parent
APPEND_ONLY = (
    "postings",
    "audit_events",
    "audit_links",
    "audit_heads",
    "point_ledger",
    "payment_code_history",
    "idempotency_registry",
)
"""Written once and never changed: by triggers for everybody, and by missing rights for the hub's own role."""


class SchemaTooNew(Exception):
    """The database was made by a newer program than this."""


class CannotMigrate(Exception):
    """Something in the database has to be decided by a person first; nothing was changed."""


def import_all_tables() -> None:
    """Hang every capability's tables on the metadata."""
    root = _FOLDER.parent
    for path in sorted(root.rglob("tables.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        importlib.import_module(".".join(parts))


def migrate(database: Database, hub_role: str | None = None) -> None:
    """Bring the database to the present schema; each revision is one transaction.

    `hub_role` is the hub's own role where that is not the one migrating: it gets what it needs and no right
    to change what is written for ever (PostgreSQL).

    Raises:
        SchemaTooNew: a newer program made it.
        CannotMigrate: something in it has to be decided by a person first.
        DatabaseUnreachable: it does not answer.
    """
    with database.transaction() as connection:
        if not database.is_sqlite:
            # Two nodes that start together: the second waits and then finds nothing left to do.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('mps-hub-migrate'))"))
        _refuse_newer(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if hub_role is not None:
            _grant(connection, hub_role)


def is_current(database: Database) -> bool:
    """Whether the database has exactly this program's schema.

    Raises:
        DatabaseUnreachable: it does not answer.
    """
    return database.read(_revision) == _script().get_current_head()


def newest_revision() -> str:
    """The schema of this program."""
    return _script().get_current_head() or ""


def known_revisions() -> frozenset[str]:
    """Every schema from which this program can come to its own."""
    return frozenset(revision.revision for revision in _script().walk_revisions())


def has_schema(database: Database) -> bool:
    """Whether any program of this kind made the database, of whatever schema.

    Raises:
        DatabaseUnreachable: it does not answer.
    """
    return database.read(_revision) is not None


def _refuse_newer(connection: Connection) -> None:
    found = _revision(connection)
    if found is not None and found not in known_revisions():
        raise SchemaTooNew(f"the database has schema {found}, which a newer mps-hub made: use that one")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _grant(connection: Connection, role: str) -> None:
    """The hub's own role reads and writes rows: it owns nothing, so it alters no table and stops no trigger."""
    name = connection.dialect.identifier_preparer.quote_identifier(role)
    for_ever = ", ".join(APPEND_ONLY)
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE ALL ON {for_ever} FROM {name}",
        f"GRANT SELECT, INSERT ON {for_ever} TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
        # For tables of later revisions, should one be brought in without this program; what is written for
        # ever among them is narrowed above as soon as `mps-hub migrate` runs.
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {name}",
    ):
        connection.execute(text(statement))
