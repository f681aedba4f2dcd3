"""The schema: what the migrations make is what the tables say, and postings are for ever."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, LargeBinary, Table, UniqueConstraint, inspect, text
from sqlalchemy.exc import DBAPIError

from hub_server import migrations
from hub_server.audit import Actor, verify_audit
from hub_server.audit.jobs import AuditChain
from hub_server.bootstrap import MigrationNeeded, open_context, prepare_database
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Database, NumberSequence, metadata, take_numbers
from hub_server.ledger import AccountKind, Posting, open_account, post
from hub_server.payment_codes import revoke_codes
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
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


def _any_row(table: Table, number: int) -> dict[str, object]:
    """A row of whatever values, each unlike another number's; an id is left to SQLite."""
    values: dict[str, object] = {
        column.name: bytes([number]) if isinstance(column.type, LargeBinary) else number
        for column in table.columns
    }
    values.pop("id", None)
    return values


def _unique_keys(table: Table) -> list[list[str]]:
    """The columns of everything that is unique in the table."""
    keys = [[*table.primary_key.columns.keys()]]
    keys += [[*each.columns.keys()] for each in table.constraints if isinstance(each, UniqueConstraint)]
    return keys + [[*each.columns.keys()] for each in table.indexes if each.unique]


@pytest.mark.parametrize("name", migrations.APPEND_ONLY)
def test_what_is_written_for_ever_is_not_replaced_and_still_added_to(tmp_path: Path, name: str) -> None:
    """On SQLite, whose INSERT OR REPLACE passes the triggers of DELETE by."""
    database = Database(f"sqlite:///{tmp_path}/hub.sqlite")
    migrations.migrate(database)
    migrations.import_all_tables()
    table = metadata.tables[name]
    with database.engine.connect() as connection:
        for pragma in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")

        def write(how: str, values: dict[str, object]) -> None:
            columns, marks = ", ".join(values), ", ".join("?" * len(values))
            connection.exec_driver_sql(f"{how} INTO {name} ({columns}) VALUES ({marks})", (*values.values(),))

        for number in (1, 2, 3):
            write("INSERT", _any_row(table, number))
        before = connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().all()
        for key in _unique_keys(table):
            taken = {column: before[0][column] for column in key}
            with pytest.raises(DBAPIError, match=f"{name} is append-only"):
                write("INSERT OR REPLACE", _any_row(table, 9) | taken)
            with pytest.raises(DBAPIError, match=f"{name} is append-only"):
                write("REPLACE", _any_row(table, 9) | taken)
        assert connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().all() == before
        write("INSERT OR REPLACE", _any_row(table, 4))
        assert len(connection.exec_driver_sql(f"SELECT * FROM {name}").all()) == 4
    database.close()


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


@pytest.fixture
def owner_and_own(postgres_cluster: PostgresCluster, tmp_path: Path) -> Iterator[tuple[Database, Context]]:
    """A database as its owner sees it, and the hub's context by a role of its own."""
    url = postgres_cluster.create_database()
    name = url.rpartition("/")[2]
    role = f"hub_{name}"
    owner = Database(url)
    owner.run(lambda c: c.execute(text(f'CREATE ROLE "{role}" LOGIN')))
    migrations.migrate(owner, role)
    own_url = url.replace("mps@", f"{role}@")
    settings = Settings(database_url=SecretStr(own_url), data_dir=tmp_path, password_bcrypt_cost=4)
    context = open_context(settings, ManualClock())
    yield owner, context
    context.database.close()
    owner.run(lambda c: c.execute(text(f'DROP OWNED BY "{role}"')))
    owner.run(lambda c: c.execute(text(f'DROP ROLE "{role}"')))
    owner.close()
    postgres_cluster.drop_database(url)


@pytest.mark.parametrize("table", migrations.APPEND_ONLY)
def test_the_hubs_own_role_adds_to_what_is_written_for_ever_and_changes_none_of_it(
    owner_and_own: tuple[Database, Context], table: str
) -> None:
    owner, context = owner_and_own
    column = owner.read(lambda c: inspect(c).get_columns(table))[0]["name"]
    trigger = f"{table}_are_for_ever"
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"ALTER TABLE {table} ADD COLUMN more text",
        f"DROP TRIGGER {trigger} ON {table}",
        f"DROP TABLE {table} CASCADE",
        f"CREATE TRIGGER quiet BEFORE INSERT ON {table} EXECUTE FUNCTION refuse_change()",
    ):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            context.database.run(lambda c, statement=statement: c.execute(text(statement)))  # type: ignore[misc]
    may = "SELECT has_table_privilege(current_user, :name, :what)"
    for what, is_allowed in (("SELECT", True), ("INSERT", True), ("UPDATE", False), ("DELETE", False)):
        found = context.database.read(
            lambda c, what=what: c.execute(text(may), {"name": table, "what": what}).scalar_one()  # type: ignore[misc]
        )
        assert found is is_allowed, what


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica",
        "CREATE TABLE more (id int)",
        "CREATE FUNCTION refuse_change_too() RETURNS void LANGUAGE sql AS $$ SELECT 1 $$",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "UPDATE alembic_version SET version_num = '9999'",
        "CREATE ROLE another SUPERUSER",
    ],
)
def test_the_hubs_own_role_cannot_get_around_its_rights(
    owner_and_own: tuple[Database, Context], statement: str
) -> None:
    _, context = owner_and_own
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner|must be superuser"):
        context.database.run(lambda c: c.execute(text(statement)))


def test_a_charge_a_refund_a_reversal_a_new_code_and_the_audit_chain_need_no_more_than_the_hubs_own_role_has(
    owner_and_own: tuple[Database, Context], keys: HubSigningKeys
) -> None:
    _, context = owner_and_own
    prepare_database(context)
    rows = HubRows(context, keys)
    counter = Counter(context, keys, rows)
    card = rows.card(100_000)
    manager = rows.manager(counter.shop)
    charge = counter.journal.charge(rows.code(card), 5_000)
    undone = counter.journal.charge(rows.code(rows.card()), 700)
    outcomes = counter.submit(
        *counter.journal.entries,
        counter.journal.refund(charge, 1_000, approved_by=manager),
        counter.journal.reversal(undone),
    )
    assert [each.status.value for each in outcomes] == [
        "accepted",
        "completed",
        "completed",
        "completed",
        "reversed",
    ]
    context.database.run(
        lambda c: revoke_codes(
            c, card_id=card.card_id, at=context.clock.now(), actor=Actor("admin", "a"), reason="lost"
        )
    )
    AuditChain(context, keys.signer, lambda _lag: None).run()
    proof = context.database.read(lambda c: verify_audit(c, keys.verifiers))
    assert (proof.is_clean, proof.heads) == (True, 1)
    assert proof.linked > 0
    assert context.database.read(lambda c: check(c, keys.verifiers)).findings == ()


def test_a_table_of_a_later_revision_can_be_used_at_once(owner_and_own: tuple[Database, Context]) -> None:
    owner, context = owner_and_own
    owner.run(lambda c: c.execute(text("CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, n int)")))
    context.database.run(lambda c: c.execute(text("INSERT INTO later (n) VALUES (1)")))
    assert context.database.read(lambda c: c.execute(text("SELECT n FROM later")).scalar_one()) == 1
