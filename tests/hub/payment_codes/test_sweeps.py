"""The sweeps read what they sweep by an index of their own, page by page, however many codes there are."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from hub_server.bootstrap import Hub
from hub_server.foundation.storage import Connection
from hub_server.payment_codes import expire_codes
from hub_server.payment_codes.queries import overdue_codes
from hub_server.payment_codes.queries.allowances import waiting_codes
from hub_server.payment_codes.release_allowances import release_allowances
from hub_server.payment_codes.tables import payment_codes
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock


def _overdue(connection: Connection, at: datetime) -> None:
    overdue_codes(connection, at, 500)


def _waiting(connection: Connection, at: datetime) -> None:
    waiting_codes(connection, (at, ""), at, 500)


def _plan_of(hub: Hub, query: Callable[[Connection, datetime], None]) -> str:
    """How the database would find what the query asks for, if tables were large."""
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        seen.append((statement, parameters))

    def work(connection: Connection) -> str:
        event.listen(connection, "before_cursor_execute", note)
        query(connection, hub.context.clock.now())
        event.remove(connection, "before_cursor_execute", note)
        [(statement, parameters)] = seen
        if connection.dialect.name == "postgresql":
            for other in ("seqscan", "bitmapscan", "sort"):
                connection.exec_driver_sql(f"SET LOCAL enable_{other} = off")
            explained = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        else:
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row) for row in explained)

    return hub.context.database.run(work)


@pytest.mark.parametrize(
    ("query", "index"),
    [(_overdue, "ix_payment_codes_overdue"), (_waiting, "ix_payment_codes_waiting")],
)
def test_a_sweep_has_an_index_of_what_it_sweeps(
    hub: Hub, query: Callable[[Connection, datetime], None], index: str
) -> None:
    assert index in _plan_of(hub, query)


def test_many_codes_are_swept_and_released_in_pages(hub: Hub, clock: ManualClock) -> None:
    rows = HubRows(hub.context, hub.keys)
    for _ in range(7):
        rows.code(rows.card(), age_s=0)
    clock.advance(901_000)
    swept = [hub.context.database.run(lambda c: expire_codes(c, clock.now(), limit=3)) for _ in range(4)]
    assert swept == [3, 3, 1, 0]
    assert release_allowances(hub.context, clock.now(), batch=3) == 7
    left = select(payment_codes.c.code_ref).where(payment_codes.c.allowance_released.is_(False))
    assert hub.context.database.read(lambda c: c.execute(left).all()) == []
    assert release_allowances(hub.context, clock.now(), batch=3) == 0
