"""A database of the release before comes to the present schema with everything that was in it, and goes on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from sqlalchemy import Connection, MetaData, Table, insert, inspect, select, text, update

from hub_server import migrations
from hub_server.audit import verify_audit
from hub_server.audit.jobs import AuditChain
from hub_server.bootstrap import open_context, prepare_database
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Database
from hub_server.payment_codes.tables import payment_codes
from hub_server.settings import Settings
from hub_server.shifts.tables import shifts
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, ReversalReason, ShiftCloseData, ShiftOpenData, Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.terminal_journal import CASHIER
from tests.fakes.clock import ManualClock
from tests.postgres import PostgresCluster

_ADMIN = "0199a000-0000-7000-8000-00000000000"
_BEFORE, _DURING = "before", "during"


@pytest.fixture
def first_release(database_url: str, tmp_path: Path, postgres_cluster: PostgresCluster) -> Iterator[Database]:
    """An empty database of the first release, of the same kind as the test's own."""
    is_sqlite = database_url.startswith("sqlite")
    url = f"sqlite:///{tmp_path}/first.sqlite" if is_sqlite else postgres_cluster.create_database()
    database = Database(url)
    with database.transaction() as connection:
        config = Config()
        config.set_main_option("script_location", "hub_server/migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    yield database
    database.close()
    if not is_sqlite:
        postgres_cluster.drop_database(url)


def _add_admin(database: Database, number: int, email: str) -> None:
    at: object = 1_700_000_000_000 if database.is_sqlite else datetime(2026, 11, 1, tzinfo=UTC)
    identifier = f"{_ADMIN}{number}".replace("-", "") if database.is_sqlite else f"{_ADMIN}{number}"
    row = text(
        "INSERT INTO admins (id, email, name, password_hash, created_at) VALUES (:i, :e, 'A', 'h', :at)"
    )
    database.run(lambda c: c.execute(row, {"i": identifier, "e": email, "at": at}))


def _add_session(database: Database) -> None:
    at: object = 1_700_000_000_000 if database.is_sqlite else datetime(2026, 11, 1, tzinfo=UTC)
    row = text(
        "INSERT INTO sessions (token_hash, kind, subject, created_at, expires_at) "
        "VALUES (:hash, 'member', 'm', :at, :at)"
    )
    database.run(lambda c: c.execute(row, {"hash": b"abc", "at": at}))


def test_admins_and_sessions_of_the_first_release_are_kept(first_release: Database) -> None:
    _add_admin(first_release, 1, "Root@Example.org")
    _add_admin(first_release, 2, "other@example.org")
    _add_session(first_release)
    migrations.migrate(first_release)
    assert migrations.is_current(first_release)
    found = text("SELECT kind, email, role, status FROM logins ORDER BY email")
    assert [tuple(row) for row in first_release.read(lambda c: c.execute(found).all())] == [
        ("admin", "other@example.org", "superadmin", "active"),
        ("admin", "root@example.org", "superadmin", "active"),
    ]
    kept = first_release.read(
        lambda c: c.execute(text("SELECT token_hash, kind, family FROM sessions")).one()
    )
    assert (bytes(kept.token_hash), kept.kind, kept.family) == (b"abc", "member", None)
    first_release.run(lambda c: c.execute(text("UPDATE sessions SET kind = 'merchant'")))


def test_two_admins_whose_addresses_differ_in_case_alone_are_named_and_nothing_is_changed(
    first_release: Database,
) -> None:
    for number, email in enumerate(("Root@example.org", "other@example.org", "root@Example.org"), start=1):
        _add_admin(first_release, number, email)
    for _ in range(2):
        with pytest.raises(migrations.CannotMigrate, match=r"Root@example\.org and root@Example\.org"):
            migrations.migrate(first_release)
    tables = set(inspect(first_release.engine).get_table_names())
    assert ("admins" in tables, "logins" in tables) == (True, False)
    first_release.run(lambda c: c.execute(text("DELETE FROM admins WHERE email = 'Root@example.org'")))
    migrations.migrate(first_release)
    emails = text("SELECT email FROM logins ORDER BY email")
    found = first_release.read(lambda c: c.execute(emails).scalars().all())
    assert found == ["other@example.org", "root@example.org"]


class _Life:
    """What a hub lived through before the upgrade: a counter with a shift closed and one open."""

    def __init__(self, context: Context, keys: HubSigningKeys, clock: ManualClock) -> None:
        self.rows = HubRows(context, keys)
        self.counter = Counter(context, keys, self.rows)
        self.manager = self.rows.manager(self.counter.shop)
        self.card = self.rows.card(100_000, points=1_200)
        self._keys = keys
        journal = self.counter.journal
        journal.add(ShiftOpenData(cashier=CASHIER, shift=_BEFORE))
        self.paid, undone = (self._charge(amount, _BEFORE) for amount in (10_000, 700))
        journal.reversal(undone)
        self._submit()
        self.close(_BEFORE, charges=2, charged=10_700, reversals=1, reversed=700)
        clock.advance(1_000)
        journal.add(ShiftOpenData(cashier=CASHIER, shift=_DURING))
        self.kept = self._charge(3_000, _DURING)
        self._submit()
        late = Counter(context, keys, self.rows, self.counter.shop, lag=TOO_LATE)
        self.offline = late.journal.charge(self.rows.code(self.card), 2_000)
        late.journal.advice(self.offline)
        assert late.submit(*late.journal.entries)[-1].status is Status.COMPLETED

    def _charge(self, amount: int, shift: str) -> Entry:
        charge = self.counter.journal.charge(self.rows.code(self.card), amount, shift=shift)
        self._submit()
        return charge

    def _submit(self) -> None:
        for outcome in self.counter.submit(*self.counter.journal.entries):
            assert outcome.refusal is None

    def close(self, shift: str, **sums: int) -> None:
        """Report a shift."""
        nothing = dict.fromkeys(("charges", "charged", "reversals", "reversed", "refunds", "refunded"), 0)
        self.counter.journal.add(
            ShiftCloseData.model_validate({"cashier": CASHIER, "shift": shift} | nothing | sums)
        )
        self._submit()

    def move(self, context: Context) -> None:
        """The same shop at another database."""
        self.counter.context, self.counter.rows = context, HubRows(context, self._keys)
        self.rows = self.counter.rows

    def balance(self, card: CardRows) -> int:
        return self.counter.balance(card)


def _copy(source: Database, target: Database) -> None:
    """Everything that the first release would have written too, by its own columns."""
    names = set(inspect(target.engine).get_table_names()) - {"alembic_version", "tier_tables", "admins"}
    old, new = MetaData(), MetaData()
    old.reflect(target.engine, only=sorted(names))
    new.reflect(source.engine, only=sorted(names))

    def fill(connection: Connection) -> None:
        # What refers to a row of its own table may come before it.
        late = (
            "PRAGMA defer_foreign_keys = ON"
            if target.is_sqlite
            else "SET LOCAL session_replication_role = replica"
        )
        connection.execute(text(late))
        for table in old.sorted_tables:
            columns = [new.tables[table.name].c[column.name] for column in table.columns]
            rows = source.read(
                lambda c, columns=columns: c.execute(select(*columns).order_by(*columns[:2])).mappings().all()  # type: ignore[misc]
            )
            if rows:
                connection.execute(insert(table), [dict(row) for row in rows])
            if not target.is_sqlite:
                _go_on_numbering(connection, table)
        if not target.is_sqlite:
            for kind in ("charge", "reversal", "card"):
                last = source.read(
                    lambda c, kind=kind: c.execute(text(f"SELECT last_value FROM number_{kind}")).scalar_one()  # type: ignore[misc]
                )
                connection.execute(text(f"SELECT setval('number_{kind}', {last})"))

    target.run(fill)


def _go_on_numbering(connection: Connection, table: Table) -> None:
    for column in table.columns:
        if column.identity is not None:
            sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
            connection.execute(
                text(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 1) FROM {table.name}))")
            )


@pytest.fixture
def life(hub_context: Context, keys: HubSigningKeys, clock: ManualClock) -> _Life:
    """Lived, with the codes' holders on record."""
    lived = _Life(hub_context, keys, clock)
    held = update(payment_codes).values(member_id=lived.card.member_id)
    hub_context.database.run(lambda c: c.execute(held))
    return lived


@pytest.fixture
def upgraded(
    life: _Life,
    hub_context: Context,
    first_release: Database,
    settings: Settings,
    clock: ManualClock,
) -> Iterator[Context]:
    """The life under the first release's schema, upgraded."""
    _copy(hub_context.database, first_release)
    _add_admin(first_release, 1, "Root@Example.org")
    migrations.migrate(first_release)
    url = first_release.url.render_as_string(hide_password=False)
    context = open_context(settings.model_copy(update={"database_url": SecretStr(url)}), clock)
    prepare_database(context)
    life.move(context)
    yield context
    context.database.close()


def _left_over(connection: Connection) -> list[str]:
    """Tables of the first release that should be gone."""
    return [name for name in inspect(connection).get_table_names() if name in ("admins", "sessions_before")]


def test_what_is_new_is_filled_from_what_was_there(life: _Life, upgraded: Context) -> None:
    places = {row["shift"]: (row["opened_seq"], row["difference"]) for row in life.rows.rows(shifts)}
    opened = {e.data.shift: e.seq for e in life.counter.journal.entries if isinstance(e.data, ShiftOpenData)}
    assert places == {_BEFORE: (opened[_BEFORE], 0), _DURING: (opened[_DURING], None)}
    moved = [row for row in life.rows.rows(transactions) if row["kind"] != "top_up"]
    assert len(moved) == 5
    assert {row["member_id"] for row in moved} == {life.card.member_id}
    assert upgraded.database.read(_left_over) == []


def test_a_void_after_the_upgrade_moves_the_money_back(
    life: _Life, upgraded: Context, keys: HubSigningKeys
) -> None:
    before = life.balance(life.card)
    assert before == 100_000 - 10_000 - 3_000 - 2_000
    void = life.counter.journal.reversal(life.paid, ReversalReason.VOID, approved_by=life.manager)
    outcome = life.counter.ask(void)
    assert (outcome.status, outcome.reversal_tx_no is not None) == (Status.REVERSED, True)
    assert life.balance(life.card) == before + 10_000
    assert life.rows.one(shifts, shift=_BEFORE)["difference"] == 0
    assert upgraded.database.read(lambda c: check(c, keys.verifiers)).findings == ()


def test_charges_refunds_and_the_open_shift_go_on_after_the_upgrade(
    life: _Life, upgraded: Context, keys: HubSigningKeys
) -> None:
    journal, before = life.counter.journal, life.balance(life.card)
    for charge, amount in ((life.kept, 1_000), (life.offline, 500)):
        refund = journal.refund(charge, amount, approved_by=life.manager)
        assert life.counter.ask(refund).status is Status.COMPLETED
    charge = journal.charge(life.rows.code(life.card), 400, shift=_DURING)
    assert life.counter.ask(charge).status is Status.COMPLETED
    life.close(_DURING, charges=2, charged=3_400, refunds=2, refunded=1_500)
    assert life.balance(life.card) == before + 1_500 - 400
    assert {row["shift"] for row in life.rows.rows(transactions, kind="refund")} == {_DURING}
    assert life.rows.one(shifts, shift=_DURING)["difference"] == 0
    assert upgraded.database.read(lambda c: check(c, keys.verifiers)).findings == ()
    AuditChain(upgraded, keys.signer, lambda _lag: None).run()
    proof = upgraded.database.read(lambda c: verify_audit(c, keys.verifiers))
    assert (proof.is_clean, proof.heads) == (True, 1)


def test_the_check_finds_nothing_right_after_the_upgrade(
    life: _Life, upgraded: Context, keys: HubSigningKeys
) -> None:
    assert len(life.rows.rows(transactions)) > 0
    assert upgraded.database.read(lambda c: check(c, keys.verifiers)).findings == ()
