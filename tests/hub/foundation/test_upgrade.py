"""A database of the release before comes to the present schema with everything that was in it."""

from datetime import UTC, datetime

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from hub_server import migrations
from hub_server.foundation.storage import Database
from tests.postgres import PostgresCluster

_ADMIN = "0199a000-0000-7000-8000-000000000001"


def _at_first_release(database: Database) -> None:
    with database.transaction() as connection:
        config = Config()
        config.set_main_option("script_location", "hub_server/migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")


def _fill(connection: Connection, at: object, identifier: str) -> None:
    connection.execute(
        text(
            "INSERT INTO admins (id, email, name, password_hash, created_at) VALUES (:id, :email, 'A', 'h', :at)"
        ),
        {"id": identifier, "email": "Root@Example.org", "at": at},
    )
    connection.execute(
        text(
            "INSERT INTO sessions (token_hash, kind, subject, created_at, expires_at) "
            "VALUES (:hash, 'member', 'm', :at, :at)"
        ),
        {"hash": b"abc", "at": at},
    )


def _upgraded(database: Database, at: object, identifier: str) -> None:
    _at_first_release(database)
    database.run(lambda connection: _fill(connection, at, identifier))
    migrations.migrate(database)
    assert migrations.is_current(database)
    login = database.read(lambda c: c.execute(text("SELECT kind, email, role, status FROM logins")).one())
    assert tuple(login) == ("admin", "root@example.org", "superadmin", "active")
    kept = database.read(lambda c: c.execute(text("SELECT token_hash, kind, family FROM sessions")).one())
    assert (bytes(kept.token_hash), kept.kind, kept.family) == (b"abc", "member", None)
    database.run(lambda c: c.execute(text("UPDATE sessions SET kind = 'merchant'")))


def test_an_embedded_database_of_the_first_release_is_upgraded(tmp_path: object) -> None:
    database = Database(f"sqlite:///{tmp_path}/hub.sqlite")
    _upgraded(database, 1_700_000_000_000, _ADMIN.replace("-", ""))
    database.close()


def test_a_server_database_of_the_first_release_is_upgraded(postgres_cluster: PostgresCluster) -> None:
    url = postgres_cluster.create_database()
    database = Database(url)
    _upgraded(database, datetime(2026, 11, 1, tzinfo=UTC), _ADMIN)
    database.close()
    postgres_cluster.drop_database(url)
