"""The schema: what the migrations make is what the tables say, and postings are for ever."""

import itertools
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from hub_server import migrations
from hub_server.bootstrap import MigrationNeeded, open_context, prepare_database
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Database, NumberSequence, metadata, take_numbers
from hub_server.ledger import AccountKind, Posting, open_account, post
from hub_server.settings import Settings
from tests.fakes.clock import ManualClock
from tests.postgres import PostgresCluster


def test_the_migrations_make_exactly_the_tables(hub_context: Context) -> None:
    migrations.import_all_tables()

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert hub_context.database.read(differences) == []


def test_check_constraints_are_there(hub_context: Context) -> None:
    """Alembic does not compare them."""

    def constraints(connection: Connection) -> set[str | None]:
        inspector = inspect(connection)
        names = inspector.get_table_names()
        return {check["name"] for name in names for check in inspector.get_check_constraints(name)}

    made = hub_context.database.read(constraints)
    wanted = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert wanted <= {str(name) for name in made}


def test_migrating_again_changes_nothing(hub_context: Context) -> None:
    migrations.migrate(hub_context.database)

    assert migrations.is_current(hub_context.database)


def test_the_schema_of_a_newer_program_is_refused(hub_context: Context) -> None:
    hub_context.database.run(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    assert not migrations.is_current(hub_context.database)
    with pytest.raises(migrations.SchemaTooNew, match="9999"):
        migrations.migrate(hub_context.database)


def _posting(connection: Connection, context: Context) -> None:
    at, ids = context.clock.now(), context.ids
    accounts = [
        open_account(
            connection,
            kind=kind,
            owner=ids.new(),
            currency="TWD",
            at=at,
            account_id=ids.new(),
        )
        for kind in (AccountKind.CARD, AccountKind.MERCHANT)
    ]
    post(connection, [Posting(ids.new(), accounts[0], accounts[1], 100, "TWD", at)])


@pytest.mark.parametrize("statement", ["UPDATE postings SET amount = 1", "DELETE FROM postings"])
def test_a_posting_is_never_changed(hub_context: Context, statement: str) -> None:
    hub_context.database.run(lambda c: _posting(c, hub_context))

    with pytest.raises(DBAPIError, match="postings is append-only"):
        hub_context.database.run(lambda c: c.execute(text(statement)))


@pytest.mark.parametrize("sequence", list(NumberSequence))
def test_numbers_begin_at_one_and_are_never_given_twice(
    hub_context: Context, sequence: NumberSequence
) -> None:
    taken = [
        hub_context.database.run(lambda c, n=n: take_numbers(c, sequence, n))  # type: ignore[misc]
        for n in (1, 3, 1)
    ]

    assert list(itertools.chain(*taken)) == [1, 2, 3, 4, 5]


def test_an_embedded_hub_migrates_itself(tmp_path: Path, clock: ManualClock) -> None:
    context = open_context(Settings(data_dir=tmp_path), clock)
    try:
        prepare_database(context)
        assert migrations.is_current(context.database)
    finally:
        context.database.close()


def test_a_hub_on_an_old_server_database_says_what_to_run(
    postgres_cluster: PostgresCluster, tmp_path: Path, clock: ManualClock
) -> None:
    url = postgres_cluster.create_database()
    context = open_context(Settings(data_dir=tmp_path, database_url=SecretStr(url)), clock)
    try:
        with pytest.raises(MigrationNeeded, match="mps-hub migrate"):
            prepare_database(context)
    finally:
        context.database.close()
        postgres_cluster.drop_database(url)


def test_the_hubs_own_role_can_add_postings_and_not_change_them(postgres_cluster: PostgresCluster) -> None:
    url = postgres_cluster.create_database()
    name = url.rpartition("/")[2]
    role = f"hub_{name}"
    owner = Database(url)
    owner.run(lambda c: c.execute(text(f'CREATE ROLE "{role}" LOGIN')))
    migrations.migrate(owner, role)
    own_url = url.replace("mps@", f"{role}@")
    context = open_context(Settings(database_url=SecretStr(own_url)), ManualClock())
    try:
        context.database.run(lambda c: _posting(c, context))
        for statement in ("UPDATE postings SET amount = 1", "DELETE FROM postings", "DROP TABLE postings"):
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
                context.database.run(lambda c, statement=statement: c.execute(text(statement)))  # type: ignore[misc]
    finally:
        context.database.close()
        owner.run(lambda c: c.execute(text(f'DROP OWNED BY "{role}"')))
        owner.run(lambda c: c.execute(text(f'DROP ROLE "{role}"')))
        owner.close()
        postgres_cluster.drop_database(url)
