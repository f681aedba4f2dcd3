"""Who waits for the database: writers of a SQLite hub take turns, and two seconds are for all locks together."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub_server.audit.jobs import HORIZON_MS
from hub_server.foundation.storage import (
    Connection,
    Database,
    DatabaseBusy,
    DatabaseUnreachable,
    lock_rows,
)
from hub_server.foundation.storage.database import IDLE_MS, MAX_ATTEMPTS, STATEMENT_MS
from hub_server.foundation.storage.locks import _key
from hub_server.foundation.storage.turns import Turns
from tests.postgres import PostgresCluster

SOON_S = 30


@pytest.fixture
def postgres(postgres_cluster: PostgresCluster) -> Iterator[Database]:
    url = postgres_cluster.create_database()
    database = Database(url)
    yield database
    database.close()
    postgres_cluster.drop_database(url)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/hub.sqlite")
    database.run(lambda c: c.execute(text("CREATE TABLE served (number INTEGER)")))
    yield database
    database.close()


def _until_waiting(turns: Turns, count: int) -> None:
    pause = threading.Event()
    for _ in range(SOON_S * 1_000):
        if turns.waiting == count:
            return
        pause.wait(0.001)
    raise AssertionError("nobody came to wait")


def test_turns_come_in_the_order_of_asking() -> None:
    turns, served = Turns(), list[int]()

    def ask(number: int) -> None:
        assert turns.take(SOON_S)
        served.append(number)
        turns.give_back()

    assert turns.take(0)
    with ThreadPoolExecutor(8) as pool:
        done = []
        for number in range(8):
            done.append(pool.submit(ask, number))
            _until_waiting(turns, number + 1)
        turns.give_back()
        for each in done:
            each.result(SOON_S)
    assert served == list(range(8))


def test_who_gives_up_holds_up_nobody() -> None:
    turns = Turns()
    assert turns.take(0)
    assert not turns.take(0.001)
    assert turns.waiting == 0
    turns.give_back()
    assert turns.take(0)


def test_writers_of_a_file_queue_for_it(sqlite: Database) -> None:
    turns = sqlite._turns

    def serve(number: int) -> None:
        sqlite.run(lambda c: c.execute(text("INSERT INTO served VALUES (:number)"), {"number": number}))

    with ThreadPoolExecutor(8) as pool:
        done = []
        with sqlite.transaction():
            for number in range(8):
                done.append(pool.submit(serve, number))
                _until_waiting(turns, number + 1)
        for each in done:
            each.result(SOON_S)
    found = sqlite.read(lambda c: c.execute(text("SELECT number FROM served ORDER BY rowid")).scalars().all())
    assert found == list(range(8))


def test_a_writer_whose_turn_does_not_come_is_told_so_and_a_failure_gives_the_turn_back(
    sqlite: Database,
) -> None:
    with ThreadPoolExecutor(1) as pool, sqlite.transaction():
        waiting = pool.submit(sqlite.run, lambda c: c.execute(text("INSERT INTO served VALUES (1)")))
        with pytest.raises(DatabaseBusy):
            waiting.result(SOON_S)

    def fail(connection: Connection) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        sqlite.run(fail)
    assert sqlite.run(lambda c: c.execute(text("SELECT count(*) FROM served")).scalar_one()) == 0


def _left_ms(connection: Connection) -> int:
    shown = "SELECT setting FROM pg_settings WHERE name = 'lock_timeout'"
    return int(connection.execute(text(shown)).scalar_one())


def test_time_that_passed_is_taken_from_the_time_for_locks(postgres: Database) -> None:
    def work(connection: Connection) -> tuple[int, int]:
        lock_rows(connection, "card", ["a"])
        first = _left_ms(connection)
        connection.execute(text("SELECT pg_sleep(0.3)"))
        lock_rows(connection, "card", ["b", "c"])
        return first, _left_ms(connection)

    first, second = postgres.run(work)
    assert 0 < first <= 2_000
    assert 0 < second <= first - 250


def test_a_wait_for_one_lock_is_taken_from_the_time_for_the_next(postgres: Database) -> None:
    ids, is_held = ["a", "b"], threading.Event()
    first, _ = sorted(ids, key=lambda each: _key("card", each))

    def hold(connection: Connection) -> None:
        lock_rows(connection, "card", [first])
        is_held.set()
        connection.execute(text("SELECT pg_sleep(0.5)"))

    def want_both(connection: Connection) -> int:
        assert is_held.wait(SOON_S)
        lock_rows(connection, "card", ids)
        return _left_ms(connection)

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(postgres.run, hold)
        left = postgres.run(want_both)
        holder.result(SOON_S)
    assert 0 < left <= 1_750


def _rows(database: Database, *names: str) -> None:
    database.run(lambda c: c.execute(text("CREATE TABLE purses (name text PRIMARY KEY, held int NOT NULL)")))
    for name in names:
        database.run(lambda c, name=name: c.execute(text("INSERT INTO purses VALUES (:n, 0)"), {"n": name}))  # type: ignore[misc]


def _held(database: Database) -> dict[str, int]:
    return database.read(lambda c: {row[0]: row[1] for row in c.execute(text("SELECT * FROM purses"))})


def _add(connection: Connection, name: str) -> None:
    connection.execute(text("UPDATE purses SET held = held + 1 WHERE name = :name"), {"name": name})


def test_a_deadlock_is_retried_inside_and_both_take_effect_once(postgres: Database) -> None:
    _rows(postgres, "a", "b")
    told: list[str] = []
    postgres.tell_retries(told.append)
    both_have_one = threading.Barrier(2)
    attempts = {"ab": 0, "ba": 0}

    def take(order: str) -> None:
        def work(connection: Connection) -> None:
            attempts[order] += 1
            _add(connection, order[0])
            if attempts[order] == 1:
                both_have_one.wait(SOON_S)
                # The lock's own time-out must not come before PostgreSQL looks for deadlocks.
                connection.execute(text("SET LOCAL lock_timeout = '20s'"))
            _add(connection, order[1])

        postgres.run(work)

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(take, order) for order in attempts]:
            each.result(SOON_S)
    assert sorted(attempts.values()) == [1, 2]
    assert told == ["deadlock"]
    assert _held(postgres) == {"a": 2, "b": 2}


def test_a_serialization_failure_is_retried_inside(postgres: Database) -> None:
    _rows(postgres, "a")
    told: list[str] = []
    postgres.tell_retries(told.append)
    attempts = 0

    def work(connection: Connection) -> None:
        nonlocal attempts
        attempts += 1
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        connection.execute(text("SELECT * FROM purses"))
        if attempts == 1:
            postgres.run(lambda other: _add(other, "a"))
        _add(connection, "a")

    # The level must be set before the transaction's first query, which `run` has already made.
    def fresh(connection: Connection) -> None:
        connection.rollback()
        work(connection)
        connection.commit()

    postgres.run(fresh)
    assert (attempts, told) == (2, ["serialization"])
    assert _held(postgres) == {"a": 2}


def test_what_never_ceases_to_fail_is_given_up_as_busy(postgres: Database) -> None:
    attempts = 0

    def work(connection: Connection) -> None:
        nonlocal attempts
        attempts += 1
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(DatabaseBusy, match="used up"):
        postgres.run(work)
    assert attempts == MAX_ATTEMPTS


@pytest.fixture
def impatient(postgres: Database) -> Iterator[Database]:
    """The same database by an address that sets its own times, 200 ms each."""
    address = postgres.url.render_as_string(hide_password=False)
    limits = "-c%20idle_in_transaction_session_timeout%3D200%20-c%20statement_timeout%3D200"
    database = Database(f"{address}{'&' if '?' in address else '?'}options={limits}")
    yield database
    database.close()


def test_a_writing_transaction_is_ended_long_before_the_audit_chain_stops_reckoning_with_it(
    postgres: Database,
) -> None:
    shown = (
        "SELECT name, setting FROM pg_settings WHERE name LIKE 'idle_in_tr%' OR name = 'statement_timeout'"
    )
    found = postgres.run(lambda c: {row[0]: int(row[1]) for row in c.execute(text(shown))})
    assert found == {"idle_in_transaction_session_timeout": IDLE_MS, "statement_timeout": STATEMENT_MS}
    assert 5 * max(IDLE_MS, STATEMENT_MS) <= HORIZON_MS


def test_what_a_transaction_wrote_that_stands_still_never_appears(
    postgres: Database, impatient: Database
) -> None:
    _rows(postgres, "a")
    mine = "SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"

    def stand_still(connection: Connection) -> None:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        _add(connection, "a")
        for _ in range(SOON_S * 100):
            if not postgres.read(lambda c: c.execute(text(mine), {"pid": pid}).scalar_one()):
                break
            threading.Event().wait(0.01)
        _add(connection, "a")

    with pytest.raises(DatabaseUnreachable):
        impatient.run(stand_still)
    assert _held(postgres) == {"a": 0}
    impatient.run(lambda c: _add(c, "a"))
    assert _held(postgres) == {"a": 1}


def test_a_statement_that_writes_is_cancelled_in_time_and_a_read_takes_its_own(impatient: Database) -> None:
    slow = text("SELECT pg_sleep(0.4)")
    with pytest.raises(DatabaseBusy):
        impatient.run(lambda c: c.execute(slow))
    impatient.read(lambda c: c.execute(slow))
    with pytest.raises(DatabaseBusy):
        impatient.run(lambda c: c.execute(slow))


def test_a_read_is_one_snapshot_that_writes_nothing(postgres: Database) -> None:
    _rows(postgres, "a")

    def look(connection: Connection) -> tuple[int, int]:
        ask = text("SELECT held FROM purses")
        before = connection.execute(ask).scalar_one()
        postgres.run(lambda other: _add(other, "a"))
        return before, connection.execute(ask).scalar_one()

    assert postgres.read(look) == (0, 0)
    with pytest.raises(DBAPIError, match="read-only transaction"):
        postgres.read(lambda c: _add(c, "a"))
