"""What a submission reads does not grow with what a terminal has behind it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from hub_server.foundation.context import Context
from hub_server.journal_intake.queries import pending_through, refunds_to_settle
from hub_server.merchants import policies_at
from hub_server.shifts.queries import ShiftRow, own_sums, shift_marks, shifts_to_compare
from shared.api.policy import Policy
from shared.journal_entries import ShiftOpenData, Status
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import START

NONE_THERE = "0199a8f0-0000-7000-8000-000000000000"
Query = Callable[[Any], object]
A_SHIFT = ShiftRow(
    terminal_id=NONE_THERE,
    shift="s",
    cashier="c",
    opened_at=START,
    opened_seq=1,
    closed_at=START,
    closed_seq=5,
    reported=None,
    difference=None,
)


def _plan(context: Context, query: Query) -> str:
    """How the database would run the last statement of a query; a small table is not simply read whole."""
    seen: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        seen.append((statement, parameters))

    with context.database.transaction() as connection:
        if not context.database.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(connection, "before_cursor_execute", note)
        query(connection)
        statement, parameters = seen[-1]
        explain = "EXPLAIN QUERY PLAN " if context.database.is_sqlite else "EXPLAIN "
        return "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (lambda c: pending_through(c, NONE_THERE, 5, 3), "ix_journal_entries_waiting"),
        (lambda c: shifts_to_compare(c, NONE_THERE, 5, ()), "ix_shifts_to_compare"),
        (lambda c: shift_marks(c, NONE_THERE, [5]), "ix_shifts_opened"),
        (lambda c: refunds_to_settle(c, 5), "ix_journal_entries_refunds"),
        (lambda c: own_sums(c, A_SHIFT, ()), "ix_transactions_shift"),
    ],
)
def test_a_query_is_answered_from_its_index(hub_context: Context, query: Query, index: str) -> None:
    assert index in _plan(hub_context, query)


def _steps(counter: Counter, work: Callable[[], object]) -> int:
    """How many steps of SQLite's machine the work takes."""
    taken = 0

    def count() -> int:
        nonlocal taken
        taken += 1
        return 0

    def watch(connection: Any, *_: Any) -> None:
        connection.connection.driver_connection.set_progress_handler(count, 1)

    engine = counter.context.database.engine
    event.listen(engine, "begin", watch)
    try:
        work()
    finally:
        event.remove(engine, "begin", watch)
    return taken


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_more_charge_costs_as_much_after_a_long_journal_as_after_a_short_one(
    counter: Counter, rows: HubRows
) -> None:
    def pay() -> None:
        charge = counter.journal.charge(rows.code(card), 100)
        costs.append(_steps(counter, lambda: answers.append(counter.ask(charge).status)))

    card, costs, answers = rows.card(), list[int](), list[Status]()
    counter.submit(*counter.journal.entries)
    pay()
    pay()
    for number in range(400):
        counter.journal.add(ShiftOpenData(cashier="c", shift=f"s{number}"))
    for first in range(3, 403, 200):
        counter.submit(*counter.journal.entries[first : first + 200])
    pay()
    assert answers == [Status.COMPLETED] * 3
    assert costs[2] < costs[1] * 1.2


def test_of_the_policies_only_those_are_read_that_were_in_force_and_the_newest(
    hub_context: Context, rows: HubRows
) -> None:
    shop = rows.shop()
    for version in range(2, 9):
        told = START + timedelta(minutes=version) if version < 8 else None
        rows.add_policy(shop.merchant_id, Policy(version=version), told_at=told)

    def versions(*minutes: int) -> list[int]:
        contacts = [START + timedelta(minutes=minute) for minute in minutes]
        found = hub_context.database.read(lambda c: policies_at(c, shop.merchant_id, contacts))
        return [row.policy.version for row in found]

    assert versions() == [1, 8]
    assert versions(0) == [1, 8]
    assert versions(4) == [1, 4, 8]
    assert versions(3, 5) == [1, 3, 4, 5, 8]
    assert versions(60) == [1, 7, 8]


def test_cards_that_go_below_zero_together_have_their_accounts_opened_together(
    offline: Counter, rows: HubRows
) -> None:
    def statements(count: int) -> int:
        entries = []
        for _ in range(count):
            charge = offline.journal.charge(rows.code(rows.card(10)), 100)
            entries += [charge, offline.journal.advice(charge)]
        seen: list[str] = []
        engine = offline.context.database.engine
        listener: Callable[..., None] = lambda *args: seen.append(args[2])  # noqa: E731 - an event's listener
        event.listen(engine, "before_cursor_execute", listener)
        answers = offline.submit(*entries)
        event.remove(engine, "before_cursor_execute", listener)
        assert [answer.status for answer in answers[1::2]] == [Status.COMPLETED] * count
        return sum("accounts" in statement for statement in seen)

    offline.submit(*offline.journal.entries)
    assert statements(5) == statements(1)
