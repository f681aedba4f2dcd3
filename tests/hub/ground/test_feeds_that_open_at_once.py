"""When a line comes back many feeds open at once: they are caught up together, and each is told what is its own."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from hub_server.change_feed.arrivals import Arrivals
from hub_server.change_feed.listener import Delivery, Listener
from hub_server.change_feed.queries import Scope, lock_feed
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, DatabaseBusy
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import was_in_contact
from hub_server.terminals.tables import terminals
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

OPENED = 12
_PATIENCE_S = 20


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with closing(asyncio.new_event_loop()) as made:
        yield made


def test_they_share_transactions_and_each_has_its_head_and_its_contact(
    hub_context: Context, keys: HubSigningKeys, clock: ManualClock, loop: asyncio.AbstractEventLoop
) -> None:
    rows = HubRows(hub_context, keys)
    shop = rows.shop()
    ids = [rows.terminal(shop).terminal_id for _ in range(OPENED)]
    listeners = [Listener(Scope(shop.merchant_id, shop.store_id, one), 0, loop) for one in ids]
    arrivals, together = Arrivals(hub_context), threading.Barrier(OPENED + 1)
    begun: list[int] = []
    sa.event.listen(hub_context.database.engine, "commit", lambda _: begun.append(1))

    def open_feed(number: int) -> Delivery:
        together.wait(_PATIENCE_S)
        return arrivals.catch_up(listeners[number], number)

    with hub_context.database.transaction() as held:
        # Whoever is first waits for this transaction, and the others gather behind it.
        lock_feed(held)
        pool = ThreadPoolExecutor(OPENED)
        opened = [pool.submit(open_feed, number) for number in range(OPENED)]
        together.wait(_PATIENCE_S)
    pages = [one.result(_PATIENCE_S) for one in opened]
    pool.shutdown()
    assert all(page.hub_time == clock.now() for page in pages)
    found = hub_context.database.read(
        lambda c: c.execute(sa.select(terminals.c.id, terminals.c.head_seq)).all()
    )
    heads = {row.id: row.head_seq for row in found}
    assert [heads[one] for one in ids] == list(range(OPENED))
    for one in ids:
        assert hub_context.database.read(partial(_contacts, one, clock)) == {clock.now()}
    assert len(begun) < OPENED


def _contacts(terminal_id: str, clock: ManualClock, connection: Connection) -> frozenset[datetime]:
    return was_in_contact(connection, terminal_id, [clock.now()], timedelta(0))


def test_what_cannot_be_read_is_refused_to_each_that_waits(
    hub_context: Context, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_work: object) -> None:
        raise DatabaseBusy("no lock")

    monkeypatch.setattr(hub_context.database, "run", busy)
    rows_scope = Scope("m", "s", "t")
    arrivals = Arrivals(hub_context)
    for _ in range(2):
        with pytest.raises(DatabaseBusy):
            arrivals.catch_up(Listener(rows_scope, 0, loop), None)
